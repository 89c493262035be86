import { csvInference, csvReadOptions } from '../../../../connectors/file/csv/index.js';
import { parseOptions } from '../../../../lib/options/index.js';
import { formatDdl } from '../../../../lib/schema/index.js';

/** The columns of files, each of which comes in pieces of `size` bytes. */
function infer(documents: readonly (string | Uint8Array)[], given: Record<string, unknown> = {}, size = 1000) {
  const inference = csvInference(parseOptions('fileSource', given, csvReadOptions));
  for (const document of documents) {
    if (inference.done) break;
    const bytes = Buffer.from(document as Uint8Array);
    const file = inference.nextFile();
    let taken = 0;
    for (let end = Math.min(size, bytes.length); ; end = Math.min(end + size, bytes.length)) {
      const last = end === bytes.length;
      taken += file.decode(new Uint8Array(bytes.subarray(taken, end)), { path: 'in.csv', position: taken }, last);
      if (last) break;
    }
  }
  const schema = inference.schema();
  return schema && formatDdl(schema);
}

const typed = { inferSchema: true, header: true };

describe('columns of csv', () => {
  it('are strings unless types are inferred', () => {
    expect(infer(['a,b\n1,x\n'], { header: true })).toBe('a STRING, b STRING');
    expect(infer(['1,x,y\n2\n'])).toBe('_c0 STRING, _c1 STRING, _c2 STRING');
  });

  it('are not known where there is no record', () => {
    expect(infer([''])).toBeUndefined();
    expect(infer(['\n\n', ' \n', '1,2'])).toBe('_c0 STRING, _c1 STRING');
  });

  it.each([
    [['1', '-7'], 'INT'],
    [['1', '3000000000'], 'BIGINT'],
    [['1', '9223372036854775808'], 'DECIMAL(19,0)'],
    [['1', '2.5'], 'DOUBLE'],
    [['', '2020-02-29'], 'DATE'],
    [['2020-01-01', '2020-02-29T10:00:00'], 'TIMESTAMP'],
    [['true', 'FALSE'], 'BOOLEAN'],
    [['true', '1'], 'STRING'],
    [['', ''], 'STRING'],
  ])('hold %p as %s', (lines, type) => {
    expect(infer([`k,v\n${lines.map((line) => `x,${line}`).join('\n')}\n`], typed)).toBe(`k STRING, v ${type}`);
  });

  it('have types that hold the values of all files, headers apart', () => {
    expect(infer(['a,b\n1,2\n', 'a,b\n1.5,\n', 'a,b\n,x'], typed)).toBe('a DOUBLE, b STRING');
  });

  it('are as many as the first record has', () => {
    expect(infer(['1\n2,y\n'], { inferSchema: true })).toBe('_c0 INT');
    expect(infer(['a,b\n1\n'], typed)).toBe('a INT, b STRING');
  });

  it('get a position where the name is none, or not the only one', () => {
    expect(infer(['a,,"",NA,A,b\n'], { header: true, nullValue: 'NA' })).toBe(
      'a0 STRING, _c1 STRING, _c2 STRING, _c3 STRING, A4 STRING, b STRING',
    );
  });

  it('follow from the records that are sampled', () => {
    const document = `a\n${'1\n'.repeat(3)}x\n`;
    expect(infer([document], typed)).toBe('a STRING');
    expect(infer([document], { ...typed, samplingRatio: 0.5 })).toBe('a INT');
  });

  it('may be dates, or timestamps', () => {
    expect(infer(['a\n2020-01-01\n'], { ...typed, preferDate: false })).toBe('a TIMESTAMP');
    expect(infer(['a\n29/02/2020\n'], { ...typed, dateFormat: 'dd/MM/yyyy' })).toBe('a DATE');
    expect(infer(['a\n29/02/2020 10:11\n'], { ...typed, timestampFormat: 'dd/MM/yyyy HH:mm' })).toBe('a TIMESTAMP');
  });

  it.each([1, 2, 3, 5, 1000])('do not depend on pieces of %d bytes', (size) => {
    const document = '\ufeff# no\nä,b\n1,"x\ny"\n2.5,z\n';
    const given = { ...typed, multiLine: true, comment: '#' };
    expect(infer([document, document], given, size)).toBe('`ä` DOUBLE, b STRING');
    const utf16 = Buffer.from(document, 'utf16le');
    expect(infer([utf16, utf16], { ...given, encoding: 'UTF-16LE' }, size)).toBe('`ä` DOUBLE, b STRING');
  });
});
