import { openParquet } from '../../../../connectors/file/parquet/index.js';
import { formatDdl, parseDdl } from '../../../../lib/schema/index.js';
import { fileOf, readAll } from './files.js';

// Written by pyarrow (use_deprecated_int96_timestamps), without its schema, and with it: no writer at hand in Node
// writes INT96.
const files = {
  'no Arrow schema':
    'UEFSMRUAFTwVPCwVBhUAFQYVBhwAAAACAAAABgEBAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAVABU+FT4sFQYVABUGFQYcAAAAAwAAAAMaABj8Tp' +
    'GUTgAALP5RAAAAAAAAAAAAUkQaABUAFUoVSiwVCBUAFQYVBhwAAAACAAAAAwgDAAAAA7cAAAAAAAAAAACFmyMAAAAAAAAAAACM3iYAFQQZfDUA' +
    'GAZzY2hlbWEVBgAVBCUCGAFuADUCGAFzFQIAFQYlAhgBdAA1AhgBbBUCFQZMPAAAADUEGARsaXN0FQIAFQYlAhgHZWxlbWVudAAWBhkcGTwmAB' +
    'wVBBklBgAZGAFuFQAWBhZiFmImCEkcFQAVABUCADwpBhkmAAYAAAAmABwVBhklBgAZKAFzAXQVABYGFmQWZCZqSRwVABUAFQIAPCkGGTYAAgQA' +
    'AAAmABwVBhklBgAZOAFsBGxpc3QHZWxlbWVudBUAFggWcBZwJs4BSRwVABUAFQIAPCkmBgIZRgACAgQAAAAWtgIWBiYIFrYCACggcGFycXVldC' +
    '1jcHAtYXJyb3cgdmVyc2lvbiAyNi4wLjEZPBwAABwAABwAAAAiAQAAUEFSMQ==',
  'an Arrow schema':
    'UEFSMRUAFTwVPCwVBhUAFQYVBhwAAAACAAAABgEBAAAAAAAAAAIAAAAAAAAAAwAAAAAAAAAVABU+FT4sFQYVABUGFQYcAAAAAwAAAAMaABj8Tp' +
    'GUTgAALP5RAAAAAAAAAAAAUkQaABUAFUoVSiwVCBUAFQYVBhwAAAACAAAAAwgDAAAAA7cAAAAAAAAAAACFmyMAAAAAAAAAAACM3iYAFQQZfDUA' +
    'GAZzY2hlbWEVBgAVBCUCGAFuADUCGAFzFQIAFQYlAhgBdAA1AhgBbBUCFQZMPAAAADUEGARsaXN0FQIAFQYlAhgHZWxlbWVudAAWBhkcGTwmAB' +
    'wVBBklBgAZGAFuFQAWBhZiFmImCEkcFQAVABUCADwpBhkmAAYAAAAmABwVBhklBgAZKAFzAXQVABYGFmQWZCZqSRwVABUAFQIAPCkGGTYAAgQA' +
    'AAAmABwVBhklBgAZOAFsBGxpc3QHZWxlbWVudBUAFggWcBZwJs4BSRwVABUAFQIAPCkmBgIZRgACAgQAAAAWtgIWBiYIFrYCABkcGAxBUlJPVz' +
    'pzY2hlbWEYoAMvLy8vL3pBQkFBQVFBQUFBQUFBS0FBd0FCZ0FGQUFnQUNnQUFBQUFCQkFBTUFBQUFDQUFJQUFBQUJBQUlBQUFBQkFBQUFBTUFB' +
    'QURJQUFBQVhBQUFBQVFBQUFCVS8vLy9BQUFCREJRQUFBQVlBQUFBQkFBQUFBRUFBQUFRQUFBQUFRQUFBR3dBQUFDcy8vLy9mUC8vL3dBQUFRb1' +
    'FBQUFBR0FBQUFBUUFBQUFBQUFBQUJBQUFBR2wwWlcwQUFBQUFydi8vL3dBQUFnQ28vLy8vQUFBQkRSUUFBQUFjQUFBQUJBQUFBQUVBQUFBVUFB' +
    'QUFBUUFBQUhNQUFBQUVBQVFBQkFBQUFOVC8vLzhBQUFFS0VBQUFBQmdBQUFBRUFBQUFBQUFBQUFFQUFBQjBBQVlBQ0FBR0FBWUFBQUFBQUFJQU' +
    'VBQVVBQWdBQmdBSEFBd0FBQUFRQUJBQUFBQUFBQUVDRUFBQUFCd0FBQUFFQUFBQUFBQUFBQUVBQUFCdUFBQUFDQUFNQUFnQUJ3QUlBQUFBQUFB' +
    'QUFVQUFBQUFBQUFBQQAYIHBhcnF1ZXQtY3BwLWFycm93IHZlcnNpb24gMjYuMC4xGTwcAAAcAAAcAAAA1gIAAFBBUjE=',
};

describe.each(Object.entries(files))('INT96 in a file with %s', (_, base64) => {
  const file = (): string => fileOf(Buffer.from(base64, 'base64'));

  it('is a TIMESTAMP, as in Spark, at any depth', async () => {
    const opened = await openParquet(file());
    expect(formatDdl(opened.schema)).toBe('n BIGINT, s STRUCT<t: TIMESTAMP>, l ARRAY<TIMESTAMP>');
    await opened.close();
  });

  it('has its time outside of what nanoseconds in 64 bits can tell (1677 to 2262)', async () => {
    const columns = await readAll(file());
    const rows = JSON.parse(JSON.stringify(columns.toRows())) as unknown;
    expect(rows).toEqual([
      { n: 1, s: { t: '9999-12-31T23:59:59.999999Z' }, l: ['1677-01-01T00:00:00.000Z'] },
      { n: 2, s: { t: '0001-01-01T00:00:00.000Z' }, l: [] },
      { n: 3, s: { t: null }, l: ['2262-04-12T00:00:00.000Z', null] },
    ]);
  });

  it('is a TIMESTAMP_NTZ for who says so, as in Spark', async () => {
    const wanted = parseDdl('s STRUCT<t: TIMESTAMP_NTZ>');
    const table = await readAll(file(), wanted);
    expect(table.schema).toEqual(wanted);
    expect(JSON.stringify(table.toRows()[0])).toBe('{"s":{"t":"9999-12-31T23:59:59.999999Z"}}');
  });

  it('is read a column at a time, too', async () => {
    const opened = await openParquet(file());
    const table = await opened.read({ rowGroup: 0, from: 1, to: 2, columns: [opened.schema.fields[1]!] });
    expect(JSON.stringify(table.toRows())).toBe('[{"s":{"t":"0001-01-01T00:00:00.000Z"}}]');
    await opened.close();
  });
});
