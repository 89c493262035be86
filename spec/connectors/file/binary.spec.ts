import { truncateSync } from 'node:fs';
import { fileSink, fileSource } from '../../../connectors/file/index.js';
import { formatDdl } from '../../../lib/schema/index.js';
import { Driver, codeOf, rowsOf, temporaryDirectory, write } from './support.js';

const dir = temporaryDirectory();
const source = (options = {}) => ({ format: 'binaryFile', path: dir.path, ...options }) as const;

test('a file is a row: path, time, length and bytes', async () => {
  write(dir.file('b.png'), Uint8Array.of(0, 255, 10), 2);
  write(dir.file('a.bin.gz'), 'not compressed', 1);
  write(dir.file('c.txt'), '', 3);
  const driver = await Driver.open(source());
  expect(await driver.all()).toEqual([
    {
      path: `file:${dir.file('a.bin.gz')}`,
      modificationTime: new Date(1000),
      length: 14,
      content: new Uint8Array(Buffer.from('not compressed')),
    },
    {
      path: `file:${dir.file('b.png')}`,
      modificationTime: new Date(2000),
      length: 3,
      content: Uint8Array.of(0, 255, 10),
    },
  ]);
  await driver.close();
  const some = await Driver.open(source({ pathGlobFilter: '*.png' }));
  expect(await some.all()).toHaveLength(1);
  await some.close();
});

test('a file at a time, and the same again after a crash', async () => {
  write(dir.file('a'), 'aa', 1);
  write(dir.file('b'), 'bb', 2);
  const driver = await Driver.open(source({ maxFilesPerTrigger: 1 }));
  const first = await driver.batch();
  expect(first).toMatchObject({ end: { file: 1, position: 0 }, rows: [{ length: 2 }] });
  await driver.batch();
  await driver.close();
  const again = await Driver.open(source(), { remembered: driver.remembered });
  expect(rowsOf(await again.reader.read({ file: 1, position: 0 }, { file: 2, position: 0 }))).toHaveLength(1);
  await again.close();
});

test('content that is not needed is not read, and bounded if it is', async () => {
  write(dir.file('large'), '');
  truncateSync(dir.file('large'), 2 ** 36);
  const driver = await Driver.open(source(), { columns: ['length'] });
  expect(await driver.all()).toEqual([{ length: 2 ** 36 }]);
  await driver.close();
  const whole = await Driver.open(source());
  expect(await codeOf(() => whole.all())).toBe('RECORD_TOO_LARGE');
  await whole.close();
});

test('the columns are fixed, and there is no such sink', async () => {
  const { schema } = fileSource(source());
  expect(formatDdl(schema!)).toBe('path STRING, modificationTime TIMESTAMP, length BIGINT, content BINARY');
  expect(await codeOf(() => fileSource(source({ schema: 'a INT' })))).toBe('INVALID_SCHEMA');
  expect(await codeOf(() => fileSink({ format: 'binaryFile', path: dir.path } as never))).toBe('INVALID_OPTION');
});
