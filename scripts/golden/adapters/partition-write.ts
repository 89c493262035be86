import { readdirSync } from 'node:fs';
import type { FileSinkOptions } from 'sluice/connectors';
import { type Adapter, gotError } from '../adapter.js';
import type { GoldenCase, GoldenError } from '../case.js';
import { type Difference, type GotError, compareError, compareText } from '../compare.js';
import { inFolder, writeTable } from './tables.js';
import { tableOf } from './writers.js';

interface PartitionCase extends GoldenCase {
  readonly timeZone: string;
  readonly partitionColumn: { readonly name: string; readonly type: string };
  readonly values: readonly unknown[];
  /** What each value becomes. */
  readonly expected: {
    readonly folders: readonly { readonly folder?: readonly string[]; readonly error?: GoldenError }[];
  };
}

interface Got {
  readonly folder?: readonly string[];
  readonly error?: GotError;
}

/** The folder that `fileSink` makes of the value of a partition column. */
export const partitionWrite: Adapter<PartitionCase, readonly Got[]> = {
  area: 'files',
  topics: ['partition-write'],
  async run({ partitionColumn, values, timeZone }) {
    const got: Got[] = [];
    for (const value of values) got.push(await inFolder((path) => write(partitionColumn, value, timeZone, path)));
    return got;
  },
  compare({ expected, values }, got) {
    const differences = expected.folders.map(({ folder, error }, i): Difference => {
      const difference =
        error === undefined && got[i]!.error === undefined
          ? compareText(folder, got[i]!.folder, 'folder')
          : compareError(error, got[i]!.error);
      return difference && `${JSON.stringify(values[i])}: ${difference}`;
    });
    return differences.find((difference) => difference !== undefined);
  },
};

async function write(
  { name, type }: PartitionCase['partitionColumn'],
  value: unknown,
  timeZone: string,
  path: string,
): Promise<Got> {
  const schema = [
    ['v', 'int'],
    [name, type],
  ] as const;
  try {
    const options: FileSinkOptions = { format: 'csv', path, partitionBy: name, timeZone };
    await writeTable(tableOf({ schema, rows: [[1, value]] }), options);
  } catch (error) {
    return { error: gotError(error, { INVALID_OPTION: ['INVALID_PARTITION_COLUMN_DATA_TYPE'] }) };
  }
  return { folder: readdirSync(path).filter((entry) => entry.includes('=')) };
}
