import { mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileSourceOptions } from 'sluice/connectors';
import { fileSourceDefinition } from '../../../connectors/file/source.js';
import type { FileOffset } from '../../../connectors/file/source/reader.js';
import { Delivery, type Json } from '../../../lib/batch/index.js';
import { Table } from '../../../lib/columns/index.js';
import type { SourceReader } from '../../../lib/connect/index.js';
import { structOf } from '../../../lib/schema/index.js';
import { type Adapter, NotRun, checkFeature, encodeTables, gotError, withSettings } from '../adapter.js';
import type { GoldenCase, GoldenError } from '../case.js';
import { type Difference, type GotError, compareError, compareText } from '../compare.js';
import { inFolder } from './tables.js';

interface Operation {
  readonly write?: string;
  readonly text?: string;
  /** Seconds since the epoch. */
  readonly mtime?: number;
  readonly touch?: string;
  readonly delete?: string;
  readonly rename?: string;
  readonly to?: string;
  readonly restart?: boolean;
}

type Rows = readonly (readonly unknown[])[];

interface Step {
  readonly batches: readonly { readonly rows: Rows }[];
  readonly tree?: readonly string[];
}

interface SourceCase extends GoldenCase {
  readonly format: string;
  readonly path: string | null;
  /** DDL; null where it is to be found out. */
  readonly schema: string | null;
  readonly options: Readonly<Record<string, string>>;
  readonly trigger: string;
  readonly before: readonly Operation[];
  readonly steps: readonly (readonly Operation[])[];
  readonly expected: {
    readonly schema: readonly (readonly [string, string])[] | null;
    readonly start: Step | null;
    readonly steps: readonly Step[];
    readonly error?: GoldenError;
  };
}

interface Got {
  /** Without the name of the file, which is no column here, but what `input_file_name()` gives. */
  readonly schema: readonly (readonly [string, string])[];
  readonly steps: readonly {
    readonly rows: Rows;
    readonly files?: readonly string[];
    readonly tree: readonly string[];
  }[];
  readonly error?: GotError;
}

/** Settings that are about Spark's own checkpoint and threads, or say what is always so here. */
const settled = /^spark\.sql\.streaming\.(fileSource\.(log|cleaner)\.|schemaInference$)/;

/**
 * A file source through the batches of its triggers. Compared are the rows of each batch, the files that they came from
 * where the source tells, and what is left of the files; not Spark's log of the source.
 */
export const source: Adapter<SourceCase, Got> = {
  area: 'files',
  topics: ['source'],
  run: (given) => inFolder((root) => run(given, root)),
  compare: ({ expected }, got) => compare(expected, got),
};

async function run({ trigger, ...given }: SourceCase, root: string): Promise<Got> {
  if (trigger !== '1 second') throw new NotRun(`the trigger ${trigger}`);
  const run = new Run(given as SourceCase, root);
  try {
    mkdirSync(run.input);
    await run.through();
  } catch (error) {
    if (!refusedByBoth.some((option) => option in given.options)) checkFeature(error);
    return { schema: [], steps: [], error: gotError(error, conditions) };
  } finally {
    await run.close();
  }
  return { schema: run.schema, steps: run.steps };
}

/** Options of Spark's that it does not allow here. */
const refusedByBoth = ['modifiedBefore', 'modifiedAfter'];

/** Whatever ends the query is STREAM_FAILED in Spark. */
const anywhere = ['STREAM_FAILED'];
const conditions = {
  UNKNOWN_OPTION: anywhere,
  INVALID_OPTION: [...anywhere, 'DATA_SOURCE_NOT_FOUND'],
  MISSING_OPTION: anywhere,
  UNSUPPORTED_PIPELINE: anywhere,
  INVALID_SCHEMA: anywhere,
  SCHEMA_MISMATCH: anywhere,
  MALFORMED_RECORD: ['MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION'],
  PATH_NOT_FOUND: ['PATH_NOT_FOUND'],
};

/** A query's source, driven as the engine drives it. */
class Run {
  readonly steps: Got['steps'][number][] = [];
  schema: Got['schema'] = [];
  readonly input: string;
  private reader: SourceReader<unknown, FileOffset> | undefined;
  private readonly remembered: Json[] = [];
  private offset: FileOffset = { file: 0, position: 0 };

  constructor(
    private readonly given: SourceCase,
    private readonly root: string,
  ) {
    this.input = join(root, 'in');
  }

  async through(): Promise<void> {
    for (const operation of this.given.before) await this.apply(operation);
    await this.open();
    await this.fire();
    for (const operations of this.given.steps) {
      for (const operation of operations) await this.apply(operation);
      await this.fire();
    }
  }

  async close(): Promise<void> {
    await this.reader?.close?.();
  }

  private async open(): Promise<void> {
    const { format, path, schema, options, conf = {} } = this.given;
    const settings = Object.entries(conf).filter(([name]) => !settled.test(name));
    const asked = Object.entries(withSettings(options, Object.fromEntries(settings))).map(([name, value]) => [
      name,
      value.replace('<in>', this.input).replace('<root>', this.root),
    ]);
    const definition = fileSourceDefinition({
      ...(Object.fromEntries(asked) as object),
      ...(schema !== null && { schema }),
      ...(path !== null && { path: join(this.input, path) }),
      format,
    } as unknown as FileSourceOptions);
    this.reader = await definition.open({
      name: 'in',
      queryId: 'query',
      runId: 'run',
      columns: undefined,
      conditions: [],
      remembered: [...this.remembered],
      remember: (entry) => void this.remembered.push(entry),
      wake: () => undefined,
      signal: new AbortController().signal,
      now: () => 0,
    });
  }

  /** One trigger. */
  private async fire(): Promise<void> {
    const { reader, offset } = this;
    const end = await reader!.latest(offset, { all: false, rows: 1 << 20, bytes: 32 << 20 });
    let batch: { rows: Rows; files?: readonly string[] } = { rows: [] };
    if (end.file !== offset.file || end.position !== offset.position) {
      const data = await reader!.read(offset, end);
      await reader!.commit?.(end);
      this.offset = end;
      batch = this.batchOf(data as Delivery | Table);
    }
    this.steps.push({ ...batch, tree: treeOf(this.root) });
  }

  private batchOf(data: Delivery | Table): { rows: Rows; files?: readonly string[] } {
    const table = data instanceof Delivery ? data.table : data;
    const { schema = [], rows = [] } = encodeTables([table]);
    this.schema = schema;
    const hidden = data instanceof Delivery ? data.hidden : undefined;
    const metadata = hidden?.schema.fields.find(({ name }) => name === '_metadata');
    if (hidden === undefined || metadata === undefined) return { rows };
    const beside = new Table(structOf([metadata]), [hidden.column('_metadata')], table.numRows).toRows();
    const prefix = `file://${this.input}/`;
    return {
      rows,
      files: beside.map((row) => (row['_metadata'] as { file_path: string }).file_path.slice(prefix.length)),
    };
  }

  private async apply({ write, text = '', mtime, touch, rename, to = '', restart, ...rest }: Operation): Promise<void> {
    const at = (name: string): string => join(this.input, name);
    if (write !== undefined) {
      mkdirSync(dirname(at(write)), { recursive: true });
      writeFileSync(at(write), text);
    }
    const timed = write ?? touch;
    if (timed !== undefined && mtime !== undefined) utimesSync(at(timed), mtime, mtime);
    if (rest.delete !== undefined) rmSync(at(rest.delete), { recursive: true });
    if (rename !== undefined) renameSync(at(rename), at(to));
    if (restart === true) {
      await this.close();
      await this.open();
    }
  }
}

function compare({ schema, start, steps, error }: SourceCase['expected'], got: Got): Difference {
  if (error !== undefined || got.error !== undefined) return compareError(error, got.error);
  const named = schema?.at(-1)?.[0] === 'file';
  const types = compareText(named ? schema.slice(0, -1) : schema, got.schema, 'schema');
  if (types !== undefined) return types;
  for (const [i, step] of [start ?? { batches: [] }, ...steps].entries()) {
    const found = got.steps[i]!;
    const files = named ? found.files : undefined;
    const known = named && files === undefined ? -1 : undefined;
    const wanted = step.batches.flatMap(({ rows }) => rows.map((row) => row.slice(0, known)));
    const rows = found.rows.map((row, r) => (files === undefined ? row : [...row, files[r]]));
    const difference =
      compareText(sorted(wanted), sorted(rows), `rows of step ${i}`) ??
      (step.tree && compareText([...step.tree].sort(), found.tree, `files after step ${i}`));
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const sorted = (rows: Rows): readonly string[] => rows.map((row) => JSON.stringify(row)).sort();

/** The files below a folder; its own path within theirs is `<root>`. */
function treeOf(root: string): string[] {
  const names = readdirSync(root, { recursive: true }).map(String);
  return names
    .filter((name) => statSync(join(root, name)).isFile())
    .map((name) => name.replace(root.slice(1), '<root>'))
    .sort();
}
