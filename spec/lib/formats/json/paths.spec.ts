import fc from 'fast-check';
import { JsonExtractor } from '../../../../lib/formats/json/extract.js';
import { JsonMembers } from '../../../../lib/formats/json/members.js';
import { parsePath } from '../../../../lib/formats/json/path.js';

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** As get_json_object. */
function get(json: string, path: string): string | null {
  const steps = parsePath(path);
  const extractor = new JsonExtractor();
  const bytes = bytesOf(`..${json}`);
  if (steps === undefined || !extractor.find(steps, bytes, 2, bytes.length)) return null;
  return extractor.out.bytes.toString('utf8', 0, extractor.out.length);
}

describe('a JSON path', () => {
  it.each([
    ['a'],
    ['$.'],
    ['$..a'],
    ['$a'],
    ['$["a"]'],
    ['$[-1]'],
    ['$[0 ]'],
    ["$['a' ]"],
    ["$['']"],
    [' $'],
    ['$.*x'],
  ])('is not %p', (path) => {
    expect(parsePath(path)).toBeUndefined();
  });

  it('may have blanks before names and behind its end, as in Spark', () => {
    expect(get('{"a":{"b":1}}', "$ ['a']. b")).toBe('1');
    expect(get('{"a":1}', '$ ')).toBe('{"a":1}');
    expect(get('{"a ":1}', '$.a ')).toBe('1');
  });
});

describe('a hostile JSON path', () => {
  it('is read in time that grows with its length', () => {
    const blanks = ' '.repeat(200_000);
    for (const path of [`$['a${blanks}`, `$.${blanks}`, `$${blanks}.a`, `$${'[0]'.repeat(50_000)}x`]) {
      expect(parsePath(path)).toBeUndefined();
    }
    expect(parsePath(`$${'.a'.repeat(50_000)}`)).toHaveLength(50_000);
  });
});

describe('get_json_object', () => {
  const store =
    '{"basket":[[1,2,{"b":"y","a":"x"}],[3,4],[5,6]],"book":[{"p":8.95},{"isbn":"i"},{"isbn":"j"}],"zip code":"94025"}';

  // The results are those of Spark's own suite (JsonExpressionsSuite) for the same shapes.
  it.each([
    ['$.basket[0][1]', '2'],
    ['$.basket[*]', '[[1,2,{"b":"y","a":"x"}],[3,4],[5,6]]'],
    ['$.basket[*][0]', '[1,3,5]'],
    ['$.basket[0][*]', '[1,2,{"b":"y","a":"x"}]'],
    ['$.basket[*][*]', '[1,2,{"b":"y","a":"x"},3,4,5,6]'],
    ['$.basket[0][2].b', 'y'],
    ['$.basket[0][*].b', '["y"]'],
    ['$.book[*].isbn', '["i","j"]'],
    ['$.book[*].p', '8.95'],
    ['$.book[1]', '{"isbn":"i"}'],
    ['$.zip code', '94025'],
    ['$.book[10]', null],
    ['$.basket[*].none', null],
    ['$.basket[0][*].none', null],
    ['$.*', null],
    ['$.basket.*', null],
  ])('%s', (path, expected) => {
    expect(get(store, path)).toBe(expected);
  });

  it('takes the first member of a name that leads anywhere', () => {
    expect(get('{"a":{"c":0},"a":null,"a":{"b":1},"a":{"b":2}}', '$.a.b')).toBe('1');
  });

  it('leaves out the quotes of a string that stands alone, and no others', () => {
    expect(get('{"a":"q\\"\\u00e9"}', '$.a')).toBe('q"é');
    expect(get('{"a":["q\\"\\u00e9"]}', '$.a')).toBe('["q\\"é"]');
    expect(get('[{"a":"x"}]', '$[*].a')).toBe('"x"');
  });

  it('writes numbers as Jackson copies them: whole ones as they are, others as doubles', () => {
    const all = '[1.50, 1e2, -0, 0.0001, 123456789012345678901234567890, 1E400, 12345678.9]';
    expect(get(all, '$')).toBe('[1.5,100.0,0,1.0E-4,123456789012345678901234567890,"Infinity",1.23456789E7]');
  });

  it('is null where the text is not JSON up to the end of its first value', () => {
    for (const json of [
      '',
      ' ',
      'bad',
      '{"a":1',
      '{"a":1,}',
      '[1',
      '{"a":1 "b":2}',
      '{"a":01}',
      '{a:1}',
      '{"a":NaN}',
    ]) {
      expect(get(json, '$.a')).toBeNull();
    }
    expect(get('{"a":1} and more', '$.a')).toBe('1');
    expect(get("{'a':'\t'}", '$.a')).toBe('\t');
  });

  it('is bounded by the depth of nesting', () => {
    expect(get('['.repeat(5000), '$')).toBeNull();
    expect(get('['.repeat(999) + ']'.repeat(999), '$')).toBe('['.repeat(999) + ']'.repeat(999));
  });

  it('copies what JSON.stringify writes as it is, whatever blanks are put between', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        tie('list'),
        tie('object'),
      ),
      list: fc.array(tie('any'), { maxLength: 4 }),
      object: fc.dictionary(fc.string(), tie('any'), { maxKeys: 4 }),
    })).any;
    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\n\t'), (given, blank) => {
        const compact = JSON.stringify({ v: [given] });
        const spaced = JSON.stringify({ v: [given] }, null, blank);
        // What JavaScript leaves as it is: U+007F, and what it escapes in lower case.
        const expected = compact.replace(/\\u00[0-9a-f]{2}/g, (e) => `\\u${e.slice(2).toUpperCase()}`);
        expect(get(spaced, '$')).toBe(expected);
      }),
    );
  });
});

describe('members', () => {
  const members = new JsonMembers();
  const count = (json: string) => members.count(bytesOf(json), 0, Buffer.byteLength(json));
  const names = (json: string) => members.names(bytesOf(json), 0, Buffer.byteLength(json));
  const values = (json: string, ...of: (string | null)[]) =>
    members.values(of, bytesOf(json), 0, Buffer.byteLength(json));

  it('counts the elements of an array', () => {
    expect(count('[1, [2, 3], {"a": [4]}]')).toBe(3);
    expect(count(' [] ')).toBe(0);
    for (const json of ['', '{"a":1}', '1', '[1,2', '[1,,2]', '[1,]']) expect(count(json)).toBeUndefined();
  });

  it('names the members of an object, each as often as it is there', () => {
    expect(names('{"b":1,"a":{"c":2},"b":3}')).toEqual(['b', 'a', 'b']);
    expect(names('{}')).toEqual([]);
    for (const json of ['', '[]', '{"a":1', '{"a"}']) expect(names(json)).toBeUndefined();
  });

  it('gives the last value of each name, for every place that asks for it', () => {
    expect(values('{"a":1,"b":"x","c":[1.0, "y"],"a":2}', 'b', 'a', null, 'a', 'c', 'd')).toEqual([
      'x',
      '2',
      null,
      '2',
      '[1.0,"y"]',
      null,
    ]);
    expect(values('{"a":1,"a":null}', 'a')).toEqual(['1']);
    expect(values('{"a":1,"b":', 'a')).toEqual([null]);
    expect(values('[{"a":1}]', 'a')).toEqual([null]);
  });
});
