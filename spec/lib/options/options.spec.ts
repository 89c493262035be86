import {
  duration,
  flag,
  oneOf,
  parseDuration,
  parseOptions,
  parseSize,
  required,
  size,
  text,
  wholeNumber,
} from '../../../lib/options/index.js';

const spec = {
  path: required(text()),
  header: flag(false),
  mode: oneOf(['PERMISSIVE', 'FAILFAST'], 'PERMISSIVE'),
  maxFilesPerTrigger: wholeNumber({ min: 1 }),
  every: duration('10 seconds'),
  memory: size('64m'),
};

describe('options', () => {
  it('are read with their defaults', () => {
    expect(parseOptions('f', { path: 'in/' }, spec)).toEqual({
      path: 'in/',
      header: false,
      mode: 'PERMISSIVE',
      maxFilesPerTrigger: undefined,
      every: 10_000,
      memory: 64 << 20,
    });
  });

  it('may be the strings that Spark has', () => {
    const read = parseOptions('f', { path: 'in/', header: 'true', mode: 'failfast', maxFilesPerTrigger: '10' }, spec);
    expect(read).toMatchObject({ header: true, mode: 'FAILFAST', maxFilesPerTrigger: 10 });
  });

  it('may be spelled in any case, once', () => {
    const cased = { a: text(), A: text(), ...spec };
    const read = parseOptions('f', { PATH: 'in/', Header: true, header: undefined, A: 'big' }, cased);
    expect(read).toMatchObject({ path: 'in/', header: true, A: 'big', a: undefined });
    const twice = (): unknown => parseOptions('f', { path: 'in/', Path: 'in/' }, spec);
    expect(twice).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    expect(twice).toThrow("the option 'path' is given twice");
  });

  it.each([
    [
      { path: 'x', maxFilePerTrigger: 1 },
      'UNKNOWN_OPTION',
      "there is no option 'maxFilePerTrigger'. Did you mean 'maxFilesPerTrigger'?",
    ],
    [{ path: 'x', haeder: true }, 'UNKNOWN_OPTION', "Did you mean 'header'?"],
    [{}, 'MISSING_OPTION', "'path' is required"],
    [{ path: 7 }, 'INVALID_OPTION', "'path' must be a string, not 7"],
    [{ path: 'x', header: 'yes' }, 'INVALID_OPTION', "must be true or false, not 'yes'"],
    [{ path: 'x', mode: 'STRICT' }, 'INVALID_OPTION', "one of 'PERMISSIVE', 'FAILFAST'"],
    [{ path: 'x', maxFilesPerTrigger: 0 }, 'INVALID_OPTION', 'a whole number of at least 1, not 0'],
    [{ path: 'x', every: '10 parsecs' }, 'INVALID_OPTION', 'a duration'],
    [{ path: 'x', memory: '-1' }, 'INVALID_OPTION', 'a size'],
    [[], 'INVALID_OPTION', 'must be an object'],
  ])('refuse %j', (given, code, message) => {
    const read = (): unknown => parseOptions('f', given, spec);
    expect(read).toThrow(expect.objectContaining({ code }));
    expect(read).toThrow(message);
  });

  it('do not take a key of the prototype for an option', () => {
    expect(() => parseOptions('f', JSON.parse('{"path":"x","__proto__":1}'), spec)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPTION' }),
    );
  });
});

it.each([
  ['10 seconds', 10_000],
  ['1 hour 30 minutes', 5_400_000],
  ['interval 5 minutes', 300_000],
  ['7d', 604_800_000],
  ['0s', 0],
  ['1.5 seconds', 1500],
  ['250', 250],
  [250, 250],
  ['', undefined],
  ['ten seconds', undefined],
  [-1, undefined],
  [NaN, undefined],
])('the duration %j is %j milliseconds', (given, millis) => expect(parseDuration(given)).toBe(millis));

it.each([
  ['64m', 64 << 20],
  ['10 KB', 10 << 10],
  ['1GiB', 1 << 30],
  ['4096', 4096],
  [1, 1],
  [0, undefined],
  ['64 q', undefined],
  [1.5, undefined],
])('the size %j is %j bytes', (given, bytes) => expect(parseSize(given)).toBe(bytes));
