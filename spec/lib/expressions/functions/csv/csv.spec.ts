import { conditionOf, valueOf } from '../../constants.js';

describe('the functions on CSV', () => {
  it('read and write in the dialect of the options', () => {
    expect(valueOf(`from_csv('1;"a;b"', 'a INT, b STRING', map('SEP', ';'))`)).toEqual([1, 'a;b']);
    expect(valueOf(`from_csv('NA,Inf', 'a INT, b DOUBLE', map('nullValue', 'NA'))`)).toEqual([null, Infinity]);
    expect(valueOf(`to_csv(named_struct('a', NULL, 'b', ' x '), map('nullValue', '-', 'quoteAll', 'true'))`)).toBe(
      '"-","x"',
    );
    expect(valueOf(`to_csv(named_struct('a', NULL))`)).toBeNull();
    expect(valueOf(`schema_of_csv('1|x', map('delimiter', '|'))`)).toBe('STRUCT<_c0: INT, _c1: STRING>');
  });

  it('deal with quotes and escapes that are not escaped as the options say', () => {
    const raise = `map('unescapedQuoteHandling', 'RAISE_ERROR')`;
    expect(conditionOf(`from_csv('"x"y"', 'a STRING', ${raise})`)).toBe('MALFORMED_CSV_RECORD');
    expect(conditionOf(`schema_of_csv('"x"y"', ${raise})`)).toBe('MALFORMED_CSV_RECORD');
    expect(valueOf(`from_csv('"x"y",z', 'a STRING, b STRING', map('UnescapedQuoteHandling', 'skip_value'))`)).toEqual([
      null,
      'z',
    ]);
    const escaped = `map('charToEscapeQuoteEscaping', '|')`;
    expect(valueOf(`to_csv(named_struct('a', concat('"', chr(92))), ${escaped})`)).toBe(String.raw`"\"|\"`);
  });

  it('refuse what they cannot do', () => {
    expect(conditionOf(`from_csv('1', 1)`)).toBe('INVALID_SCHEMA.NON_STRING_LITERAL');
    expect(conditionOf(`from_csv('1', 'int')`)).toBe('INVALID_SCHEMA.NON_STRUCT_TYPE');
    expect(conditionOf(`from_csv('1', 'a ARRAY<INT>')`)).toBe('UNSUPPORTED_DATATYPE');
    expect(conditionOf(`from_csv('1', 'a INT', map('mode', 'DROPMALFORMED'))`)).toBe('PARSE_MODE_UNSUPPORTED');
    expect(conditionOf(`from_csv('1', 'a INT', map('quote', 'ab'))`)).toBe('INVALID_PARAMETER_VALUE');
    expect(conditionOf(`from_csv('1', 'a INT', map('unescapedQuoteHandling', 'any'))`)).toBe('INVALID_PARAMETER_VALUE');
    expect(conditionOf('to_csv(1)')).toBe('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE');
    expect(conditionOf('schema_of_csv(NULL)')).toBe('DATATYPE_MISMATCH.UNEXPECTED_NULL');
    expect(conditionOf(`schema_of_csv('')`)).toBe('MALFORMED_CSV_RECORD');
  });

  it('read dates by their pattern only, if told so', () => {
    expect(valueOf(`from_csv('2020-1-1', 'd DATE')`)).toEqual([18262]);
    expect(valueOf(`from_csv('2020-1-1', 'd DATE', map('enableDateTimeParsingFallback', 'false'))`)).toEqual([null]);
  });
});
