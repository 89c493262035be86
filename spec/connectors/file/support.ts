import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { FileSinkOptions, FileSourceOptions } from '../../../connectors/file/index.js';
import { fileSinkDefinition } from '../../../connectors/file/sink.js';
import { fileSourceDefinition } from '../../../connectors/file/source.js';
import type { FileOffset } from '../../../connectors/file/source/reader.js';
import { Delivery, type Json } from '../../../lib/batch/index.js';
import { Table } from '../../../lib/columns/index.js';
import type { ReadLimit, SinkWriter, SourceReader } from '../../../lib/connect/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import type { Condition } from '../../../lib/expressions/conditions.js';
import { type SchemaLike, structOf } from '../../../lib/schema/index.js';
import { batch } from '../../../lib/testing/batch.js';

/** A new directory for each spec, removed after it. */
export function temporaryDirectory(): { readonly path: string; file(name: string): string } {
  const state = { path: '', file: (name: string) => join(state.path, name) };
  beforeEach(() => (state.path = mkdtempSync(join(tmpdir(), 'sluice-file-'))));
  afterEach(() => rmSync(state.path, { recursive: true, force: true }));
  return state;
}

/** Writes a file with its folders; `mtime` is in seconds since the epoch. */
export function write(path: string, content: string | Uint8Array, mtime?: number): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  if (mtime !== undefined) utimesSync(path, mtime, mtime);
}

/** All files below a directory, hidden ones too. */
export function tree(root: string): string[] {
  const names = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => statSync(join(root, name)).isFile()).sort();
}

/** What anyone who lists the directory takes for data. */
export const visible = (root: string): string[] =>
  tree(root).filter((name) => !relative(root, join(root, name)).startsWith('_'));

export const engineLimit: ReadLimit = { all: false, rows: 1 << 20, bytes: 32 << 20 };
export const noLimit: ReadLimit = { all: true, rows: Infinity, bytes: Infinity };

export interface Batch {
  readonly start: FileOffset;
  readonly end: FileOffset;
  readonly rows: readonly Record<string, unknown>[];
  readonly cut: boolean;
}

/** A reader as the engine drives it, with what the checkpoint would keep. */
export class Driver {
  offset: FileOffset = { file: 0, position: 0 };
  readonly batches: Batch[] = [];

  private constructor(
    readonly reader: SourceReader<unknown, FileOffset>,
    /** What plans hold, as JSON, in order. */
    readonly remembered: Json[],
  ) {}

  static async open(
    options: FileSourceOptions,
    around: {
      remembered?: readonly Json[];
      columns?: readonly string[];
      conditions?: readonly Condition[];
      tuning?: { chunkBytes?: number; unitBytes?: number };
    } = {},
  ): Promise<Driver> {
    const remembered: Json[] = JSON.parse(JSON.stringify(around.remembered ?? [])) as Json[];
    const reader = await fileSourceDefinition(options, around.tuning).open({
      name: 'in',
      queryId: 'query',
      runId: 'run',
      columns: around.columns,
      conditions: around.conditions ?? [],
      remembered: [...remembered],
      remember: (entry) => remembered.push(JSON.parse(JSON.stringify(entry)) as Json),
      wake: () => undefined,
      signal: new AbortController().signal,
      now: () => 0,
    });
    return new Driver(reader, remembered);
  }

  /** One batch; undefined if there is nothing. */
  async batch(limit: ReadLimit = engineLimit): Promise<Batch | undefined> {
    const start = this.offset;
    const end = JSON.parse(JSON.stringify(await this.reader.latest(start, limit))) as FileOffset;
    if (end.file === start.file && end.position === start.position) return undefined;
    const rows = rowsOf(await this.reader.read(start, end));
    await this.reader.commit?.(end);
    this.offset = end;
    const batch = { start, end, rows, cut: this.reader.status!().cut === true };
    this.batches.push(batch);
    return batch;
  }

  /** The rows of one batch. */
  async rows(limit?: ReadLimit): Promise<readonly Record<string, unknown>[]> {
    return (await this.batch(limit))?.rows ?? [];
  }

  /** Batches until there is nothing. */
  async all(limit?: ReadLimit): Promise<Record<string, unknown>[]> {
    const rows: Record<string, unknown>[] = [];
    for (let batch = await this.batch(limit); batch !== undefined; batch = await this.batch(limit))
      rows.push(...batch.rows);
    return rows;
  }

  async close(): Promise<void> {
    await this.reader.close?.();
  }
}

/** A writer of a file sink as the engine opens it. */
export const openSink = async (options: FileSinkOptions, queryId = 'q'): Promise<SinkWriter<unknown>> =>
  fileSinkDefinition(options).open({
    queryId,
    runId: 'run',
    queryName: undefined,
    outputMode: 'append',
    schema: structOf([]),
    signal: new AbortController().signal,
  });

/** Has a batch written. */
export const writeBatch = async (
  sink: SinkWriter<unknown>,
  id: number,
  rows: readonly Record<string, unknown>[],
  schema: SchemaLike<Record<string, unknown>>,
): Promise<void> => sink.write(batch(rows, undefined, { id, schema }));

export function rowsOf(data: Table | readonly unknown[] | Delivery): Record<string, unknown>[] {
  if (data instanceof Delivery) return data.table.toRows();
  return data instanceof Table ? data.toRows() : [...(data as Record<string, unknown>[])];
}

/** The code of what is thrown, now or later. */
export async function codeOf(act: () => unknown): Promise<string> {
  return (await errorOf(act)).code;
}

export async function errorOf(act: () => unknown): Promise<SluiceError> {
  try {
    await act();
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Rows as a reader that is not ours sees them. */
export async function duckdb(sql: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
