import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type FileSourceOptions, fileSource } from 'sluice/connectors';
import { type Adapter, checkFeature, encodeTables, gotError, withSettings } from '../adapter.js';
import type { GoldenCase, GoldenRows } from '../case.js';
import { type GotRows, compareRows } from '../compare.js';
import { collect } from './readers.js';
import { inFolder } from './tables.js';

interface PartitionCase extends GoldenCase {
  readonly timeZone: string;
  readonly format: string;
  /** Path → text. */
  readonly files: Readonly<Record<string, string>>;
  /** The paths to read, from the root. */
  readonly load: readonly string[];
  /** DDL; null where it is to be found out. */
  readonly schema: string | null;
  readonly options: Readonly<Record<string, string>>;
  readonly expected: GoldenRows;
}

/** Reads folders with `fileSource`, which finds out their partitions. */
export const partitionRead: Adapter<PartitionCase, GotRows> = {
  area: 'files',
  topics: ['partition-read'],
  run: (given) => inFolder((root) => read(given, root)),
  compare: ({ expected }, got) => compareRows(expected, got),
};

async function read(
  { files, load, format, schema, options, conf, timeZone }: PartitionCase,
  root: string,
): Promise<GotRows> {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const given = Object.entries(withSettings(options, conf)).map(([name, value]) => [
    name,
    value.replace('<root>', root),
  ]);
  const [first = ''] = load;
  const path = load.length > 1 ? `${root}/{${load.join(',')}}` : join(root, first);
  try {
    const settings = Object.fromEntries(given) as Readonly<Record<string, string>>;
    const asked = { timeZone, ...settings, ...(schema !== null && { schema }), format, path };
    const source = fileSource(asked as unknown as FileSourceOptions);
    return encodeTables(await collect(source));
  } catch (error) {
    checkFeature(error);
    return { error: gotError(error, { INVALID_SCHEMA: ['UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE'] }) };
  }
}
