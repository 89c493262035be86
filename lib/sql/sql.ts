import type { DuckDBConnection } from '@duckdb/node-api';
import { Table } from '../columns/index.js';
import { withTypes } from '../columns/infer.js';
import { SluiceError, didYouMean, messageOf } from '../errors/index.js';
import { type Schema, field, sameType, structOf } from '../schema/index.js';
import { type DuckDbPackage, duckDb, openDatabase } from './duckdb.js';
import { readColumn } from './read.js';
import { type MemoryTable, memoryTables } from './tables.js';
import { fromDuckDb, quoted, toDuckDb } from './types.js';
import { writeColumn } from './write.js';

/** The rows of a result, in order, with their types, and the same as columns. */
export type SqlRows<Row> = Row[] & { readonly schema: Schema<Row>; readonly table: Table };

/**
 * Asks the memory tables of this process: one `SELECT`, in DuckDB's SQL, over every table that a `memorySink` fills,
 * by its `queryName`. It sees all batches that the sinks have taken when it is called, each of them whole, and the same
 * of every table, however long it takes; a table in the output mode `complete` is its last batch.
 *
 * Types come back as they went in: decimals with their digits, timestamps with their microseconds, lists, maps and
 * structs. Intervals come back as calendar intervals, whole numbers of 128 bits (sums) as BIGINT. The session's time
 * zone is UTC, and `ORDER BY` puts missing values where Spark does. Nothing outside of the tables can be read:
 * no files, no network, no extensions.
 *
 * Needs the optional package `@duckdb/node-api` (MISSING_PACKAGE says so). Throws UNKNOWN_TABLE, INVALID_SQL (its
 * syntax, its names and types, or no `SELECT`) and SQL_FAILED.
 *
 * @example
 * ```ts
 * const top = await sql<{ shop: string; total: number }>('SELECT shop, sum(amount) AS total FROM sales GROUP BY shop');
 * ```
 */
export async function sql<Row = Record<string, unknown>>(query: string): Promise<SqlRows<Row>> {
  if (typeof query !== 'string' || query.trim() === '') throw noSelect('there is nothing', String(query));
  const tables = snapshot();
  const duck = await duckDb();
  const database = await openDatabase(duck);
  try {
    const { connection } = database;
    for (const name of referenced(connection, query, tables)) {
      await load(duck, connection, name, alike(name, tables.get(name)!));
    }
    const table = await run(duck, connection, query, tables);
    const rows = table.toRows() as Row[];
    return Object.defineProperties(rows, {
      schema: { value: table.schema },
      table: { value: table },
    }) as SqlRows<Row>;
  } finally {
    database.close();
  }
}

/** The names of memory tables that a query may mean. */
function referenced(connection: DuckDBConnection, query: string, tables: Tables): Iterable<string> {
  if (/^\s*SHOW\b/i.test(query)) return tables.keys();
  try {
    return new Set(connection.getTableNames(query, false).flatMap((name) => nameLike(name, tables) ?? []));
  } catch (error) {
    throw failure(error, query, tables);
  }
}

/** Case does not matter, if it need not. */
function nameLike(name: string, tables: Tables): string | undefined {
  if (tables.has(name)) return name;
  return [...tables.keys()].find((known) => known.toLowerCase() === name.toLowerCase());
}

type Tables = ReadonlyMap<string, MemoryTable>;

/** What all tables hold now, whatever is written to them later. */
const snapshot = (): Tables =>
  new Map([...memoryTables].map(([name, { batches, schema }]) => [name, { batches: [...batches], schema }]));

/** The batches of a table under one schema in which every column has a type; at least one, maybe without rows. */
function alike(name: string, { batches, schema }: MemoryTable): readonly Table[] {
  const [first, ...others] = batches.map((batch) => batch.table);
  if (first === undefined) {
    if (schema !== undefined) return [withTypes(Table.empty(schema))];
    const message = `sql: the table '${name}' has had no batch yet, so that its columns are not known.`;
    throw new SluiceError('UNKNOWN_TABLE', message, { details: { table: name } });
  }
  const filled = [first, ...others].filter((table) => table.numRows > 0);
  const parts = (filled.length > 0 ? filled : [first]).map((table) => (filled.length > 1 ? table : withTypes(table)));
  if (parts.every((part) => isTyped(part) && sameType(part.schema, parts[0]!.schema))) return parts;
  // What the rows of one batch say of a type another batch may contradict: then they are looked at together.
  return [withTypes(Table.fromRows(parts.flatMap((part) => part.toRows())))];
}

/** `withTypes` gives back what it has nothing to do with. */
const isTyped = (table: Table): boolean => withTypes(table) === table;

async function load(
  { api, bindings }: DuckDbPackage,
  connection: DuckDBConnection,
  name: string,
  tables: readonly Table[],
): Promise<void> {
  const { fields } = tables[0]!.schema;
  if (fields.length === 0) {
    const message = `sql: the table '${name}' has no columns. Give the source a schema.`;
    throw new SluiceError('INVALID_SCHEMA', message, { details: { table: name } });
  }
  const columns = fields.map((f) => `${quoted(f.name)} ${toDuckDb(f.type, f.name)}`);
  try {
    await connection.run(`CREATE TABLE ${quoted(name)} (${columns.join(', ')})`);
  } catch (error) {
    throw SluiceError.from(error, 'INVALID_SCHEMA', `sql: giving the table '${name}' to DuckDB`, { table: name });
  }
  const appender = await connection.createAppender(name);
  const types = fields.map((_, i) => appender.columnType(i));
  const chunk = api.DuckDBDataChunk.create(types);
  const size = bindings.vector_size();
  for (const table of tables) {
    for (let from = 0; from < table.numRows; from += size) {
      const to = Math.min(table.numRows, from + size);
      chunk.reset();
      chunk.rowCount = to - from;
      table.columns.forEach((column, i) => {
        writeColumn(bindings, bindings.data_chunk_get_vector(chunk.chunk, i), column, from, to);
      });
      appender.appendDataChunk(chunk);
    }
  }
  appender.closeSync();
}

async function run(
  { bindings, api }: DuckDbPackage,
  connection: DuckDBConnection,
  query: string,
  tables: Tables,
): Promise<Table> {
  let result: Awaited<ReturnType<DuckDBConnection['stream']>>;
  const chunks: Table[] = [];
  try {
    const statements = await connection.extractStatements(query);
    const statement = statements.count === 1 ? await statements.prepare(0) : undefined;
    if (statement?.statementType !== api.StatementType.SELECT) {
      const found = statements.count === 1 ? 'this is another statement' : `there are ${statements.count} statements`;
      throw noSelect(found, query);
    }
    result = await statement.stream();
    const types = result.columnTypes();
    const names = result.deduplicatedColumnNames();
    const schema = structOf(names.map((name, i) => field(name, fromDuckDb(types[i]!, name))));
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      const n = chunk.rowCount;
      const columns = types.map((type, i) => {
        return readColumn(bindings, bindings.data_chunk_get_vector(chunk.chunk, i), type, n, names[i]!);
      });
      chunks.push(new Table(schema, columns, n));
    }
    return chunks.length === 0 ? Table.empty(schema) : Table.concat(chunks);
  } catch (error) {
    throw failure(error, query, tables);
  }
}

const noSelect = (found: string, query: string): SluiceError =>
  new SluiceError('INVALID_SQL', `sql takes one SELECT; ${found}.\n  ${query}`, { details: { sql: query } });

/** What DuckDB says of a query, as an error of ours. */
function failure(error: unknown, query: string, tables: Tables): SluiceError {
  if (error instanceof SluiceError) return error;
  const text = messageOf(error).replace(/^[^\n]*?: (?=\w[\w ]* Error: )/, '');
  const unknown = /Table with name (.+?) does not exist/.exec(text)?.[1];
  // Only of a SELECT are the tables looked up before it is prepared.
  if (unknown !== undefined && nameLike(unknown, tables) !== undefined)
    return noSelect('this is another statement', query);
  const details = { sql: query };
  if (unknown !== undefined) {
    const known = [...tables.keys()];
    const hint = known.length === 0 ? ' There is none at all.' : didYouMean(unknown, known);
    const message = `sql: there is no memory table '${unknown}'.${hint}`;
    return new SluiceError('UNKNOWN_TABLE', message, { cause: error, details: { ...details, table: unknown, known } });
  }
  const code = /^(?:Parser|Binder|Catalog|Syntax|Not implemented) Error/.test(text) ? 'INVALID_SQL' : 'SQL_FAILED';
  return new SluiceError(code, `sql: ${text}`, { cause: error, details });
}
