import { conditionOf, valueOf } from '../../constants.js';

describe('digests', () => {
  it.each<[string, unknown]>([
    ["md5('')", 'd41d8cd98f00b204e9800998ecf8427e'],
    ["md5('é') = md5(X'C3A9')", true],
    ["sha('abc') = sha1('abc')", true],
    ["sha2('abc', 0) = sha2('abc', 256)", true],
    ["length(sha2('abc', 384))", 96],
    ["sha2('abc', 1)", null],
    ["crc32('Spark')", 1557323817n],
    ['md5(NULL)', null],
    ['hash(NULL)', 42],
    ['xxhash64(NULL)', 42n],
    // A missing part leaves the hash of the rest.
    ["hash(1, NULL, 'abc') = hash(1, 'abc')", true],
  ])('%s', (sql, expected) => expect(valueOf(sql)).toEqual(expected));

  it('take texts and binaries only', () =>
    expect(conditionOf('md5(1)')).toBe('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE'));
});
