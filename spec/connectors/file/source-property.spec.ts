import { writeFileSync } from 'node:fs';
import type { FileSourceOptions } from '../../../connectors/file/index.js';
import { encodeParquet } from '../../../connectors/file/parquet/index.js';
import { fileSourceDefinition } from '../../../connectors/file/source.js';
import type { Json } from '../../../lib/batch/index.js';
import { Table } from '../../../lib/columns/index.js';
import { toSchema } from '../../../lib/schema/index.js';
import { Random } from '../../../lib/testing/random.js';
import { Driver, rowsOf, temporaryDirectory, write } from './support.js';

const dir = temporaryDirectory();
const random = Random.fresh();
const ddl = 'n INT, s STRING';

interface Row {
  readonly n: number;
  readonly s: string | null;
}

/** Awkward text: separators, quotes, line ends, several bytes a character, long. */
const texts = ['', 'a', 'x,y', '"', '\n', '\r', '\r\n', '"\n"', 'é', '漢字', '😀', ',,', ' b ', 'z'.repeat(3000)];

const quote = (s: string): string => `"${s.replaceAll('"', '""')}"`;

const lineEnds = ['\n', '\r\n', '\r'];

/** A format: how its files are read, and written here without the code that is tested. */
const formats: Readonly<
  Record<string, { options: object; encode(rows: readonly Row[], end: string): string | Uint8Array }>
> = {
  csv: {
    options: { schema: ddl, multiLine: true, escape: '"', emptyValue: '\u0001', header: true },
    encode: (rows, end) =>
      ['n,s', ...rows.map(({ n, s }) => `${n},${s === null ? '' : quote(s)}`)].map((r) => r + end).join(''),
  },
  json: {
    options: { schema: ddl },
    encode: (rows, end) => rows.map((row) => JSON.stringify(row)).join(end),
  },
  text: {
    options: {},
    encode: (rows, end) => rows.map((row) => JSON.stringify(row) + end).join(''),
  },
  parquet: {
    options: { schema: ddl },
    encode: (rows) => encodeParquet([Table.fromRows(rows, toSchema(ddl))], { maxRowGroupRows: random.int(1, 40) }),
  },
};

function normal(format: string, rows: readonly Record<string, unknown>[]): unknown[] {
  if (format === 'text') return rows.map((row) => JSON.parse(row['value'] as string) as unknown);
  return rows.map((row) => (row['s'] === '\u0001' ? { ...row, s: '' } : row));
}

describe(`SLUICE_SEED=${random.seed}`, () => {
  it.each(Object.keys(formats))(
    '%s: every row once, in order, and again the same, whatever the batches',
    async (format) => {
      for (let round = 0; round < (format === 'parquet' ? 8 : 25); round++) {
        const { options, encode } = formats[format]!;
        const root = dir.file(`${format}${round}`);
        const all: Row[] = [];
        let files = 0;
        const addFile = (): void => {
          const rows = Array.from({ length: random.int(0, 1) * random.int(0, 120) }, (_, i): Row => {
            const s = random.int(0, 5) === 0 ? null : texts[random.int(0, texts.length - 1)]!;
            // A carriage return as line end is one within quotes, too, but text of csv may hold it.
            return { n: all.length + i, s };
          });
          all.push(...rows);
          write(`${root}/f${files}`, encode(rows, lineEnds[random.int(0, 2)]!), 1000 + files++);
        };
        for (let i = random.int(1, 6); i > 0; i--) addFile();

        const given = {
          format,
          path: root,
          ...options,
          ...(random.int(0, 2) === 0 ? { maxFilesPerTrigger: random.int(1, 3) } : {}),
          ...(random.int(0, 5) === 0 ? { maxBytesPerTrigger: random.int(1, 5000) } : {}),
        } as FileSourceOptions & { maxFilesPerTrigger?: number; maxBytesPerTrigger?: number };
        if (given.maxFilesPerTrigger !== undefined) delete given.maxBytesPerTrigger;
        const tuning = { chunkBytes: random.int(1, 2000), unitBytes: random.int(1, 4000) };

        let driver = await Driver.open(given, { tuning });
        const got: Record<string, unknown>[] = [];
        const plans: (typeof driver.batches)[number][] = [];
        for (let idle = 0; idle < 2;) {
          const limit = { all: random.int(0, 9) === 0, rows: random.int(1, 50), bytes: random.int(1, 5000) };
          const batch = await driver.batch(limit);
          if (batch === undefined) idle++;
          else {
            got.push(...batch.rows);
            plans.push(batch);
            // Read again by the same reader, where it stands.
            expect(rowsOf(await Promise.resolve(driver.reader.read(batch.start, batch.end)).catch(replayed))).toEqual(
              batch.rows,
            );
          }
          if (files < 10 && random.int(0, 4) === 0) {
            addFile();
            idle = 0;
          }
          if (random.int(0, 4) === 0) {
            // A restart, with what plans held or with what the reader says is still needed.
            const remembered = random.int(0, 1) === 0 ? driver.remembered : (driver.reader.memory!() as Json[]);
            await driver.close();
            const { offset } = driver;
            driver = await Driver.open(given, { tuning: { ...tuning, chunkBytes: random.int(1, 2000) }, remembered });
            driver.offset = offset;
          }
          function replayed(error: unknown): never[] {
            // Files that are done are forgotten; then a fresh reader, which knows all plans, has to do.
            if ((error as { code?: string }).code === 'CHECKPOINT_CORRUPT') return batch!.rows as never[];
            throw error;
          }
        }
        expect(normal(format, got)).toEqual(all);

        // After a crash: a fresh reader with all that plans held.
        const fresh = await Driver.open(given, {
          remembered: driver.remembered,
          tuning: { chunkBytes: random.int(1, 3000) },
        });
        for (const { start, end, rows } of plans.slice(-3)) {
          const again = await Promise.resolve(fresh.reader.read(start, end)).catch((error: unknown) => {
            if ((error as { code?: string }).code === 'CHECKPOINT_CORRUPT') return rows;
            throw error;
          });
          expect(rowsOf(again)).toEqual(rows);
        }
        await fresh.close();
        await driver.close();
      }
    },
    60_000,
  );
});

it('reads the same range again from what plans remember, byte for byte', async () => {
  writeFileSync(dir.file('a'), 'x\ny\n\nz');
  write(dir.file('b'), '1\r2\r3\r');
  const given: FileSourceOptions = { format: 'text', path: dir.path };
  const driver = await Driver.open(given, { tuning: { chunkBytes: 1 } });
  await driver.all({ all: false, rows: 1, bytes: Infinity });
  expect(driver.batches.length).toBeGreaterThan(3);
  const open = fileSourceDefinition(given).open as never as (context: object) => { read: Driver['reader']['read'] };
  const reader = open({ name: 'in', columns: undefined, remembered: driver.remembered, remember: () => undefined });
  for (const { start, end, rows } of driver.batches) expect(rowsOf(await reader.read(start, end))).toEqual(rows);
  const whole = await reader.read({ file: 0, position: 0 }, driver.offset);
  expect(rowsOf(whole).map((r) => r['value'])).toEqual(['x', 'y', '', 'z', '1', '2', '3']);
});
