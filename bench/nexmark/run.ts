import { existsSync, mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CsvDecoder, CsvEncoder, csvReadOptions, csvWriteOptions } from '../../connectors/file/csv/index.js';
import { fileSource } from '../../connectors/file/index.js';
import type { Table } from '../../lib/columns/index.js';
import { defineSink, defineSource } from '../../lib/connect/index.js';
import type { Flow } from '../../lib/flow.js';
import { startQuery } from '../../lib/index.js';
import { parseOptions } from '../../lib/options/index.js';
import { parseDdl } from '../../lib/schema/index.js';
import { checkpoint, trigger } from '../../operators/index.js';
import { csvFormat } from '../data.js';
import { cacheDir } from '../places.js';
import { type Kind, type Slice, ddl, kinds, manyKeys, nexmarkSlices } from './events.js';
import { isSunk, loops } from './loops.js';
import { type QueryName, queries, reads } from './queries.js';

export interface NexmarkJob {
  readonly query: QueryName;
  readonly from: 'memory' | 'files';
  readonly side: 'ours' | 'loop';
  readonly events: number;
}

/** Events that come together: ten seconds of them. */
const perSlice = 100_000;
export const keyCount = 100_000;

/** Gives the rows that came out. What is in memory is made before. */
export function prepareNexmark({ query, from, side, events }: NexmarkJob, outputDir: string): () => Promise<number> {
  const dir = from === 'files' ? filesOf(events) : undefined;
  const slices = dir === undefined ? slicesOf(query, events) : undefined;
  if (side === 'loop') {
    return async () => {
      const loop = loops[query]();
      const count = slices?.length ?? Math.ceil(events / perSlice);
      let rows = 0;
      for (let i = 0; i < count; i++) rows += loop(slices?.[i] ?? readSlice(dir!, i, query), i === count - 1);
      if (!isSunk()) throw new Error('nothing came out');
      return Promise.resolve(rows);
    };
  }
  return async () => {
    const sources = Object.fromEntries(
      kinds.map((kind) => [
        kind,
        dir === undefined
          ? tablesOf(
              kind,
              slices!.map((slice) => slice[kind]),
            )
          : filesSource(dir, kind),
      ]),
    ) as unknown as Record<Kind, Flow>;
    let rows = 0;
    const sink = defineSink({
      op: 'counting',
      supports: { exactlyOnce: true, outputModes: ['append', 'update'] },
      open: () => ({ write: ({ numRows }) => void (rows += numRows) }),
    });
    const flow = queries[query](sources) as Flow;
    const ends = [trigger({ availableNow: true }), checkpoint(join(outputDir, 'checkpoint'))] as const;
    await startQuery({ from: flow.pipe(...ends), to: sink }).awaitTermination();
    return rows;
  };
}

function slicesOf(query: QueryName, events: number): Slice[] {
  return [...(query === 'keys' ? manyKeys(events, perSlice, keyCount) : nexmarkSlices(events, perSlice))];
}

function tablesOf(kind: Kind, tables: readonly Table[]): Flow {
  return defineSource<Record<string, unknown>, number>({
    op: 'slices',
    name: kind,
    schema: ddl[kind],
    supports: { replay: true },
    open: () => ({
      initial: () => 0,
      latest: (start) => Math.min(start + 1, tables.length),
      read: (start) => tables[start]!,
      freeze: () => undefined,
    }),
  });
}

const filesSource = (dir: string, kind: Kind): Flow =>
  fileSource({
    name: kind,
    format: 'csv',
    path: join(dir, kind),
    schema: ddl[kind],
    maxFilesPerTrigger: 1,
    ...csvFormat,
  });

/** The directory with a file for each slice and kind; made when it is first asked for. */
function filesOf(events: number): string {
  const dir = join(cacheDir, 'data', `nexmark-${events}`);
  if (existsSync(dir)) return dir;
  const made = `${dir}.tmp`;
  const options = parseOptions('bench', { header: true, escape: '"' }, csvWriteOptions);
  let i = 0;
  for (const slice of nexmarkSlices(events, perSlice)) {
    for (const kind of kinds) {
      const encoder = new CsvEncoder(slice[kind].schema, options);
      mkdirSync(join(made, kind), { recursive: true });
      const path = fileOf(made, kind, i);
      writeFileSync(path, Buffer.concat([encoder.start(), encoder.encode(slice[kind])]));
      utimesSync(path, 1e9 + i, 1e9 + i);
    }
    i++;
  }
  renameSync(made, dir);
  return dir;
}

const fileOf = (dir: string, kind: Kind, slice: number): string =>
  join(dir, kind, `${String(slice).padStart(5, '0')}.csv`);

/** What the query needs of a slice; the columns that it does not read are not there. */
function readSlice(dir: string, i: number, query: QueryName): Slice {
  const tables = Object.entries(reads[query]).map(([kind, columns]) => {
    const schema = parseDdl(ddl[kind as Kind]);
    const decoder = new CsvDecoder(
      { schema, columns, atStart: true },
      parseOptions('bench', csvFormat, csvReadOptions),
    );
    const path = fileOf(dir, kind as Kind, i);
    decoder.decode(readFileSync(path), { path, position: 0 }, true);
    return [kind, decoder.take()] as const;
  });
  return Object.fromEntries(tables) as unknown as Slice;
}
