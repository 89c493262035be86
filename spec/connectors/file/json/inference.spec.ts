import { jsonInference } from '../../../../connectors/file/json/inference.js';
import { jsonReadOptions } from '../../../../lib/formats/json/options.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { formatDdl } from '../../../../lib/schema/index.js';
import { Driver, errorOf, rowsOf, temporaryDirectory, write } from '../support.js';

function inferred(files: readonly (string | Uint8Array)[], options = {}, cut?: number): string | undefined {
  const inference = jsonInference(parseOptions('json', options, jsonReadOptions));
  files.forEach((data, n) => {
    const bytes = Buffer.from(data as string);
    const file = inference.nextFile();
    const place = (position: number) => ({ path: `file ${n}`, position });
    const taken = cut === undefined ? 0 : file.decode(bytes.subarray(0, cut), place(0), false);
    file.decode(bytes.subarray(taken), place(taken), true);
  });
  const schema = inference.schema();
  return schema && formatDdl(schema);
}

describe('the columns of JSON files', () => {
  it('are sorted by name, of types that hold what all files have', () => {
    expect(inferred(['{"b":1,"a":"x"}\n{"b":2.5}\n', '\n{"C":[{"x":1},{"y":true}],"a":null}'])).toBe(
      'C ARRAY<STRUCT<x: BIGINT, y: BOOLEAN>>, a STRING, b DOUBLE',
    );
    expect(inferred(['[{"a":1},{"b":1}]'])).toBe('a BIGINT, b BIGINT');
  });

  it('do not depend on how a file is cut', () => {
    const data = '\ufeff{"a":1}\r\n{"a":"é"}\r\n{"b":[1]}';
    for (let cut = 0; cut <= Buffer.byteLength(data); cut++) {
      expect(inferred([data], {}, cut)).toBe('a STRING, b ARRAY<BIGINT>');
    }
  });

  it('follow the options', () => {
    expect(inferred(['{"a":1,"b":true}'], { primitivesAsString: true })).toBe('a STRING, b STRING');
    expect(inferred(['{"a":1.25}'], { prefersDecimal: true })).toBe('a DECIMAL(3,2)');
    expect(inferred(['{"a":"01/02/2020"}'], { inferTimestamp: true, timestampFormat: 'dd/MM/yyyy' })).toBe(
      'a TIMESTAMP',
    );
    expect(inferred(['{"a":null,"b":1}'], { dropFieldIfAllNull: true })).toBe('b BIGINT');
    expect(inferred(['{"a":null,"b":1}'])).toBe('a STRING, b BIGINT');
    expect(inferred(['[\n{"a":1},\n{"b":1}]', '{\n"c":1}'], { multiLine: true })).toBe('a BIGINT, b BIGINT, c BIGINT');
    const utf16 = Buffer.from('{"é":1}', 'utf16le');
    expect(inferred([utf16], { encoding: 'UTF-16LE', lineSep: '\n' })).toBe('`é` BIGINT');
  });

  it('come from a part of the records if so asked', () => {
    const data = Array.from({ length: 100 }, (_, n) => `{"${n === 0 ? 'first' : n === 50 ? 'half' : 'a'}":1}`).join(
      '\n',
    );
    expect(inferred([data], { samplingRatio: 0.02 })).toBe('first BIGINT, half BIGINT');
    expect(inferred([data], { samplingRatio: '1' })).toBe('a BIGINT, first BIGINT, half BIGINT');
  });

  it('have one for what is malformed, unless it is dropped or refused', async () => {
    expect(inferred(['{"a":1}\nbad'])).toBe('_corrupt_record STRING, a BIGINT');
    expect(inferred(['{"a":1}\n5'], { columnNameOfCorruptRecord: 'raw' })).toBe('a BIGINT, raw STRING');
    expect(inferred(['{"a":1}\nbad'], { mode: 'DROPMALFORMED' })).toBe('a BIGINT');
    const error = await errorOf(() => inferred(['{"a":1}\nbad'], { mode: 'FAILFAST' }));
    expect(error).toMatchObject({ code: 'MALFORMED_RECORD', details: { path: 'file 0', position: 8 } });
  });

  it('are not known if there is nothing, which is not the same as none', () => {
    expect(inferred([])).toBeUndefined();
    expect(inferred(['', ' \n\n'])).toBeUndefined();
    expect(inferred(['{}'])).toBe('');
  });

  it('differ by more than case, and have no negative scale', async () => {
    expect((await errorOf(() => inferred(['{"x":{"a":1,"A":2}}']))).details['condition']).toBe('COLUMN_ALREADY_EXISTS');
    const error = await errorOf(() => inferred(['{"a":1e9}'], { prefersDecimal: true }));
    expect(error).toMatchObject({ code: 'INVALID_SCHEMA', details: { condition: 'NEGATIVE_SCALE_DISALLOWED' } });
  });
});

describe('a source of JSON without a schema', () => {
  const dir = temporaryDirectory();
  const source = (options = {}) => ({ format: 'json', path: dir.path, ...options }) as const;

  it('has the columns of the files that are there at first, and no others ever', async () => {
    const driver = await Driver.open(source());
    expect(await driver.rows()).toEqual([]);
    write(dir.file('1.json'), '{"a":1}\n', 1);
    write(dir.file('2.json'), '{"b":"x","a":2}\n', 2);
    expect(await driver.rows()).toEqual([
      { a: 1, b: null },
      { a: 2, b: 'x' },
    ]);
    write(dir.file('3.json'), '{"c":1,"a":"text"}\n', 3);
    expect(await driver.rows()).toEqual([{ a: null, b: null }]);
    await driver.close();

    const again = await Driver.open(source(), { remembered: driver.remembered });
    again.offset = driver.offset;
    write(dir.file('4.json'), '{"c":1,"b":"y"}\n', 4);
    expect(await again.rows()).toEqual([{ a: null, b: 'y' }]);
    await again.close();
    // A batch that is read again after a crash has them, too.
    const crashed = await Driver.open(source(), { remembered: driver.remembered });
    const batch = await crashed.reader.read({ file: 0, position: 0 }, { file: 1, position: 0 });
    expect(rowsOf(batch)).toEqual([{ a: 1, b: null }]);
    await crashed.close();
  });

  it('waits for a file that has something', async () => {
    write(dir.file('1.json'), '\n', 1);
    const driver = await Driver.open(source());
    expect(await driver.rows()).toEqual([]);
    write(dir.file('2.json'), '{"a":1}', 2);
    expect(await driver.rows()).toEqual([{ a: 1 }]);
    await driver.close();
  });

  it('looks at no more than it is told to', async () => {
    write(dir.file('1.json'), '{"a":1}\n', 1);
    write(dir.file('2.json'), '{"b":1}\n', 2);
    const driver = await Driver.open(source({ inferenceMaxFiles: 1 }));
    expect(await driver.rows()).toEqual([{ a: 1 }, { a: null }]);
    await driver.close();
    const other = await Driver.open(source({ inferenceMaxBytes: 5 }));
    expect(await other.rows()).toEqual([{ a: 1 }, { a: null }]);
    await other.close();
    write(dir.file('0.json'), '\n', 0);
    const third = await Driver.open(source({ inferenceMaxFiles: 1, inferenceMaxBytes: 1 }));
    expect(await third.rows()).toEqual([{ a: 1 }, { a: null }]);
    await third.close();
  });

  it('reads the columns that are needed, whose types come from all', async () => {
    write(dir.file('1.json'), '{"a":1,"b":"x"}\n');
    const driver = await Driver.open(source(), { columns: ['b'] });
    expect(await driver.rows()).toEqual([{ b: 'x' }]);
    await driver.close();
  });
});
