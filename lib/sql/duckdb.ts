import { createRequire } from 'node:module';
import type * as DuckDb from '@duckdb/node-api';
import { missingPackage } from '../errors/missing-package.js';

/** A column of a chunk of rows in DuckDB's memory. */
export type Vector = object;

/** What is used of DuckDB's C interface, which the package for Node lies upon: columns in whole pieces. */
export interface Bindings {
  vector_size(): number;
  data_chunk_get_vector(chunk: object, column: number): Vector;
  data_chunk_get_size(chunk: object): number;
  vector_get_data(vector: Vector, bytes: number): Uint8Array;
  /** Null where nothing is missing. */
  vector_get_validity(vector: Vector, bytes: number): Uint8Array | null;
  vector_ensure_validity_writable(vector: Vector): void;
  vector_assign_string_element_len(vector: Vector, row: number, bytes: Uint8Array): void;
  list_vector_get_child(vector: Vector): Vector;
  list_vector_get_size(vector: Vector): number;
  list_vector_set_size(vector: Vector, size: number): void;
  list_vector_reserve(vector: Vector, capacity: number): void;
  struct_vector_get_child(vector: Vector, field: number): Vector;
  array_vector_get_child(vector: Vector): Vector;
  get_data_from_pointer(buffer: ArrayBufferLike, pointerOffset: number, bytes: number): Uint8Array;
  copy_data_to_vector(vector: Vector, to: number, source: ArrayBufferLike, from: number, bytes: number): void;
  copy_data_to_vector_validity(vector: Vector, to: number, source: ArrayBufferLike, from: number, bytes: number): void;
}

export interface DuckDbPackage {
  readonly api: typeof DuckDb;
  readonly bindings: Bindings;
}

let loaded: Promise<DuckDbPackage> | undefined;

/** The optional package `@duckdb/node-api`, loaded when it is first needed. Throws MISSING_PACKAGE. */
export function duckDb(): Promise<DuckDbPackage> {
  return (loaded ??= load());
}

async function load(): Promise<DuckDbPackage> {
  try {
    const api = await import('@duckdb/node-api');
    // Its own dependency, which need not be installed where this library could see it.
    const inPackage = createRequire(createRequire(import.meta.url).resolve('@duckdb/node-api'));
    return { api, bindings: inPackage('@duckdb/node-bindings') as Bindings };
  } catch (error) {
    loaded = undefined;
    throw missingPackage(error, 'sql() needs', '@duckdb/node-api');
  }
}

/**
 * A database in memory that reaches nothing outside of it: no files, no network, no extensions. Missing values come
 * where Spark's ORDER BY puts them. `close` frees it.
 */
export async function openDatabase({ api }: DuckDbPackage): Promise<{
  readonly connection: DuckDb.DuckDBConnection;
  close(): void;
}> {
  const instance = await api.DuckDBInstance.create(':memory:', {
    enable_external_access: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    default_null_order: 'nulls_first_on_asc_last_on_desc',
  });
  const connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'; SET lock_configuration = true");
  return {
    connection,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
