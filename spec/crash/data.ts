import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FormatName, Job } from './jobs.js';

/** How the files of each format end. */
const endings: Readonly<Record<FormatName, string>> = { csv: 'csv', json: 'json', text: 'txt', parquet: 'parquet' };

/** The rows from `from` up to `to` as SQL. Notes have what makes csv and json hard: separators, quotes, ends of lines. */
const inputRows = (from: number, to: number): string =>
  `SELECT i AS id, 's' || (i * 31 % 3) AS shop, (i * 0.25)::DOUBLE AS amount, 'a,"' || i || chr(10) || 'é' AS note
   FROM range(${from}, ${to}) t(i)`;

const inputLines = (from: number, to: number): string =>
  `SELECT i || '|s' || (i * 31 % 3) || '|' || i * 3 AS value FROM range(${from}, ${to}) t(i)`;

/** What the output has to hold, by the definition of the jobs: no reader of ours has seen it. */
const wantedRows = (job: Job, to: number): string =>
  job.format === 'text'
    ? `SELECT value || '|x' AS value FROM (${inputLines(0, to)}) WHERE split_part(value, '|', 1)::BIGINT % 7 <> 0`
    : `SELECT id, shop, amount * 2 AS amount, note FROM (${inputRows(0, to)}) WHERE id % 7 <> 0`;

export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** What a reader that is not ours sees in a directory, however it came to be. */
export interface Seen {
  readonly rows: number;
  readonly distinct: number;
}

/** DuckDB: makes the input, and reads the output. */
export class Judge {
  private attached = 0;

  private constructor(
    private readonly instance: DuckDBInstance,
    private readonly connection: DuckDBConnection,
  ) {}

  static async create(): Promise<Judge> {
    const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
    return new Judge(instance, await instance.connect());
  }

  close(): void {
    this.connection.closeSync();
    this.instance.closeSync();
  }

  async ask(sql: string): Promise<Record<string, unknown>[]> {
    const reader = await this.connection.runAndReadAll(sql);
    return reader.getRowObjectsJson();
  }

  /** Looks into the file of a database, under a name that `act` gets. */
  async inDatabase<T>(path: string, options: '' | 'READ_ONLY', act: (name: string) => Promise<T>): Promise<T> {
    const name = `d${this.attached++}`;
    await this.ask(`ATTACH ${quoted(path)} AS ${name} ${options && `(${options})`}`);
    try {
      return await act(name);
    } finally {
      await this.ask(`DETACH ${name}`);
    }
  }

  /** Files that hold the rows 0 to `rows`, in order. */
  async makeInput(format: FormatName, dir: string, rows: number, files: number): Promise<void> {
    mkdirSync(dir, { recursive: true });
    for (let i = 0; i < files; i++) {
      const range = [Math.floor((rows * i) / files), Math.floor((rows * (i + 1)) / files)] as const;
      const to = quoted(join(dir, `in-${String(i).padStart(3, '0')}.${endings[format]}`));
      const how = {
        csv: 'FORMAT csv, HEADER',
        json: 'FORMAT json',
        text: "FORMAT csv, HEADER false, QUOTE ''",
        parquet: 'FORMAT parquet, ROW_GROUP_SIZE 50000',
      }[format];
      await this.ask(`COPY (${format === 'text' ? inputLines(...range) : inputRows(...range)}) TO ${to} (${how})`);
    }
  }

  /** The output as a query with its columns and `filename`; undefined if there is none yet. */
  private async found(job: Job): Promise<string | undefined> {
    const pattern = join(job.out, '**', `*.${endings[job.format]}`);
    if (!(await this.anyFile(pattern))) return undefined;
    const glob = quoted(pattern);
    const shopInFolder = job.partitionBy?.includes('shop') === true;
    const columns = {
      id: 'BIGINT',
      ...(!shopInFolder && { shop: 'VARCHAR' }),
      amount: 'DOUBLE',
      note: 'VARCHAR',
    };
    const typed = `columns = {${Object.entries(columns)
      .map(([name, type]) => `'${name}': '${type}'`)
      .join(', ')}}`;
    const hive = shopInFolder ? ", hive_partitioning = true, hive_types = {'shop': VARCHAR}" : '';
    const common = `filename = true${hive}`;
    switch (job.format) {
      case 'csv': {
        const dialect = `auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', new_line = '\\n'`;
        return `SELECT id, shop, amount, note, filename FROM read_csv(${glob}, ${dialect}, ${typed}, ${common})`;
      }
      case 'json':
        return `SELECT id, shop, amount, note, filename FROM read_json(${glob}, format = 'newline_delimited', ${typed}, ${common})`;
      case 'text':
        return `SELECT unnest(string_split(content[:-2], chr(10))) AS value, filename FROM read_text(${glob})`;
      case 'parquet':
        return `SELECT id, shop, amount, note, filename FROM read_parquet(${glob}, ${common})`;
    }
  }

  /** What is wrong with the output after everything was done: it has to hold each row of 0 to `rows` once. */
  async complaint(job: Job, rows: number, part: 'all' | 'some' = 'all'): Promise<string | undefined> {
    const key = job.format === 'text' ? 'value' : 'id';
    const columns = job.format === 'text' ? 'value' : 'id, shop, amount, note';
    const found = await this.found(job);
    const [counts] = await this.ask(`
      WITH wanted AS MATERIALIZED (${wantedRows(job, rows)}),
      found AS MATERIALIZED (SELECT ${columns} FROM (${found ?? 'SELECT * FROM wanted LIMIT 0'}))
      SELECT (SELECT count(*) FROM wanted)::INT AS wanted, (SELECT count(*) FROM found)::INT AS found,
        (SELECT count(DISTINCT ${key}) FROM found)::INT AS distinct_rows,
        (SELECT count(*) FROM (SELECT * FROM found EXCEPT ALL SELECT * FROM wanted))::INT AS extra,
        (SELECT count(*) FROM (SELECT * FROM wanted EXCEPT ALL SELECT * FROM found))::INT AS missing`);
    const { wanted, found: there, distinct_rows: distinct, extra, missing } = counts as Record<string, number>;
    if (extra === 0 && there === distinct && (part === 'some' || missing === 0)) return undefined;
    return `${there} rows, ${distinct} of them distinct, ${wanted} wanted: ${extra} too many or wrong, ${missing} missing`;
  }

  /** The same for a job with attempts, one file of so many rows a batch: the rows of each batch are of one attempt. */
  async complaintOfAttempts(job: Job, rows: number, rowsPerBatch: number): Promise<string | undefined> {
    const batches = rows / rowsPerBatch;
    const [counts] = await this.ask(`
      WITH found AS MATERIALIZED (
        SELECT id, shop, split_part(note, ' ', 2)::BIGINT AS attempt FROM (${(await this.found(job)) ?? 'nothing'})),
      kept AS MATERIALIZED (SELECT id // ${rowsPerBatch} AS batch, max(attempt) AS attempt FROM found GROUP BY ALL),
      wanted AS MATERIALIZED (
        SELECT i AS id, 't' || ((i + attempt) % 4) AS shop, attempt
        FROM range(${rows}) t(i) JOIN kept ON i // ${rowsPerBatch} = batch, range(3) c(copy) WHERE copy < (i + attempt) % 3)
      SELECT (SELECT count(*) FROM kept)::INT AS batches,
        (SELECT count(*) FROM (SELECT * FROM found EXCEPT ALL SELECT * FROM wanted))::INT AS extra,
        (SELECT count(*) FROM (SELECT * FROM wanted EXCEPT ALL SELECT * FROM found))::INT AS missing`);
    const { batches: there, extra, missing } = counts as Record<string, number>;
    if (there === batches && extra === 0 && missing === 0) return undefined;
    return `${there} of ${batches} batches, ${extra} rows of other attempts, ${missing} missing`;
  }

  /** How what is found differs from what is wanted, two queries of the same columns; nothing is there yet if undefined. */
  async difference(found: string | undefined, wanted: string, part: 'all' | 'some'): Promise<string | undefined> {
    const there = found ?? 'SELECT * FROM wanted LIMIT 0';
    const [counts] = await this.ask(`WITH wanted AS MATERIALIZED (${wanted}), found AS MATERIALIZED (${there})
      SELECT (SELECT count(*) FROM (SELECT * FROM found EXCEPT ALL SELECT * FROM wanted))::INT AS extra,
        (SELECT count(*) FROM (SELECT * FROM wanted EXCEPT ALL SELECT * FROM found))::INT AS missing`);
    const { extra, missing } = counts as Record<string, number>;
    if (extra === 0 && (part === 'some' || missing === 0)) return undefined;
    return `${extra} too many or wrong, ${missing} missing`;
  }

  /** Whether any file has a name like that. */
  async anyFile(glob: string): Promise<boolean> {
    const [{ n } = { n: 0 }] = await this.ask(`SELECT count(*)::INT AS n FROM glob(${quoted(glob)})`);
    return n !== 0;
  }

  /** What is there just now, by file: how many rows, and a sum that tells two contents apart. */
  async look(job: Job): Promise<{ seen: Seen; files: Map<string, string> }> {
    const found = await this.found(job);
    if (found === undefined) return { seen: { rows: 0, distinct: 0 }, files: new Map() };
    const key = job.format === 'text' ? 'value' : 'id';
    const sum = job.format === 'text' ? 'hash(value)' : 'hash(id, shop, amount, note)';
    // One statement reads one listing, so that a row that is in two files of it is seen twice.
    await this.ask(`CREATE OR REPLACE TEMP TABLE seen AS SELECT filename, ${key} AS k, ${sum} AS h FROM (${found})`);
    const [all] = await this.ask('SELECT count(*)::INT AS rows, count(DISTINCT k)::INT AS distinct_rows FROM seen');
    const { rows, distinct_rows: distinct } = all as Record<string, number>;
    const each = await this.ask('SELECT filename, count(*)::INT AS n, sum(h)::VARCHAR AS sum FROM seen GROUP BY ALL');
    const files = each.map(({ filename, n, sum: s }): [string, string] => [
      filename as string,
      `${n as number} rows, sum ${s as string}`,
    ]);
    return { seen: { rows: rows!, distinct: distinct! }, files: new Map(files) };
  }
}

/**
 * What is wrong with what Spark would read by the manifest of a job: a log that is missing, a file that is not there or
 * is not whole, or, after everything was done, a file that it does not know.
 */
export function manifestComplaint(job: Job, part: 'all' | 'some' = 'all'): string | undefined {
  const folder = join(job.out, '_spark_metadata');
  if (!existsSync(folder)) return part === 'all' ? 'there is no manifest' : undefined;
  const logs = readdirSync(folder).filter((name) => /^\d+(\.compact)?$/.test(name));
  const latest = Math.max(-1, ...logs.map((name) => Number.parseInt(name, 10)));
  const known = new Set<string>();
  for (let id = Math.max(0, Math.floor((latest + 1) / 10) * 10 - 1); id <= latest; id++) {
    const log = (id + 1) % 10 === 0 ? `${id}.compact` : String(id);
    if (!logs.includes(log)) return `the manifest has ${latest} and not ${log}`;
    const [version, ...entries] = readFileSync(join(folder, log), 'utf8').split('\n');
    if (version !== 'v1') return `the log ${log} of the manifest is not whole`;
    for (const entry of entries) {
      const { path, size } = JSON.parse(entry) as { path: string; size: number };
      const file = fileURLToPath(path);
      if (!existsSync(file) || statSync(file).size !== size) return `the manifest has ${file}, which is not there so`;
      if (known.has(file)) return `the manifest has ${file} twice`;
      known.add(file);
    }
  }
  if (part === 'some') return undefined;
  const there = readdirSync(job.out, { recursive: true })
    .map((name) => join(job.out, String(name)))
    .filter((path) => path.endsWith(`.${endings[job.format]}`));
  const unknown = there.find((path) => !known.has(path));
  return unknown === undefined ? undefined : `the manifest does not have ${unknown}`;
}

/** What a run that has ended well leaves behind that it should not. */
/** Whether a crash came while a merged file took the place of others: then rows may be there twice. */
export const isMerging = (job: Job, traces = /merge\.json$/): boolean =>
  existsSync(job.out) && readdirSync(job.out, { recursive: true }).some((name) => traces.test(String(name)));

export function leftovers(job: Job): string | undefined {
  const names = (dir: string): string[] => readdirSync(dir, { recursive: true }).map(String);
  const left = [
    ...names(job.out).filter((name) => /\.tmp$|merge\.json$/.test(name)),
    ...names(job.checkpoint).filter((name) => !/^\d{20}\.log$/.test(name)),
  ];
  return left.length === 0 ? undefined : `left behind: ${left.join(', ')}`;
}
