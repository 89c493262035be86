import fc from 'fast-check';
import {
  type DataType,
  array,
  binary,
  boolean,
  byte,
  calendarInterval,
  date,
  dayTimeInterval,
  decimal,
  double,
  field,
  float,
  formatDdl,
  formatType,
  int,
  long,
  map,
  parseDdl,
  parseType,
  parseTypeOrSchema,
  parseTypePrefix,
  sameType,
  short,
  simpleString,
  string,
  struct,
  structOf,
  timestamp,
  timestampNtz,
  toSchema,
  treeString,
  yearMonthInterval,
} from '../../../lib/schema/index.js';

const atomic = [
  string(),
  boolean(),
  byte(),
  short(),
  int(),
  long(),
  float(),
  double(),
  date(),
  timestamp(),
  timestampNtz(),
  binary(),
  calendarInterval(),
  ...(['day', 'hour', 'minute', 'second'] as const).flatMap((start, i, units) =>
    units.slice(i).map((end) => dayTimeInterval(start, end)),
  ),
  ...(['year', 'month'] as const).flatMap((start, i, units) =>
    units.slice(i).map((end) => yearMonthInterval(start, end)),
  ),
];

const anyTypeTree: fc.Arbitrary<DataType> = fc.letrec<{ type: DataType }>((tie) => ({
  type: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<DataType>(...atomic),
    fc.tuple(fc.integer({ min: 1, max: 38 }), fc.nat(38)).map(([p, s]) => decimal(p, Math.min(p, s))),
    tie('type').map((t) => array(t)),
    fc.tuple(tie('type'), tie('type')).map(([k, v]) => map(k, v)),
    fc
      .uniqueArray(fc.tuple(fc.string({ minLength: 1, maxLength: 6, unit: 'grapheme' }), tie('type')), {
        minLength: 1,
        maxLength: 4,
        selector: ([name]) => name.toLowerCase(),
      })
      .map((fields) => structOf(fields.map(([name, type]) => field(name, type)))),
  ),
})).type;

describe('a DDL schema', () => {
  it('is read with every spelling of a type', () => {
    const schema = parseDdl(
      'a TINYINT, b byte, c SMALLINT, d Integer, e BIGINT, f long, g REAL, h dec(5, 2), i NUMERIC, j timestamp_ltz, k VARCHAR(10)',
    );
    expect(schema.fields.map((f) => formatType(f.type))).toEqual([
      'TINYINT',
      'TINYINT',
      'SMALLINT',
      'INT',
      'BIGINT',
      'BIGINT',
      'FLOAT',
      'DECIMAL(5,2)',
      'DECIMAL(10,0)',
      'TIMESTAMP',
      'STRING',
    ]);
  });

  it('names the units of an interval, from the larger to the smaller one', () => {
    const types = parseDdl('a INTERVAL DAY TO SECOND, b interval hour, c Interval Year To Month, d INTERVAL').fields;
    expect(types.map((f) => f.type)).toEqual([
      dayTimeInterval(),
      dayTimeInterval('hour', 'hour'),
      yearMonthInterval(),
      calendarInterval(),
    ]);
    expect(types.map((f) => formatType(f.type))).toEqual([
      'INTERVAL DAY TO SECOND',
      'INTERVAL HOUR',
      'INTERVAL YEAR TO MONTH',
      'INTERVAL',
    ]);
    for (const wrong of ['SECOND TO DAY', 'YEAR TO DAY', 'MONTH TO HOUR', 'DAY TO'])
      expect(() => parseDdl(`a INTERVAL ${wrong}`)).toThrow('DAY TO SECOND, or YEAR TO MONTH');
  });

  it('takes everything else that Spark takes', () => {
    const read = (ddl: string): string => formatDdl(parseDdl(ddl));
    expect(read('a TIMESTAMP WITHOUT TIME ZONE, b timestamp with local time zone, c Void')).toBe(
      'a TIMESTAMP_NTZ, b TIMESTAMP, c VOID',
    );
    expect(read('a STRING COLLATE UTF8_BINARY, b CHAR(3), c character ( 3 ) NOT NULL')).toBe(
      'a STRING, b STRING, c STRING NOT NULL',
    );
    expect(
      read('a struct<>, b STRUCT< x INT , y:INT NOT NULL COMMENT "two" >, c array<array<map<int,struct<>>>>'),
    ).toBe("a STRUCT<>, b STRUCT<x: INT, y: INT NOT NULL COMMENT 'two'>, c ARRAY<ARRAY<MAP<INT, STRUCT<>>>>");
    expect(read("/* key */ id INT, -- the rest\n `größe` DOUBLE COMMENT 'it''s \\'big\\''")).toBe(
      "id INT, `größe` DOUBLE COMMENT 'it\\'s \\'big\\''",
    );
    expect(read('interval INTERVAL, int INT, `not` INT, 1a INT')).toBe('interval INTERVAL, int INT, not INT, `1a` INT');
  });

  it('has names that differ by more than case, which types in expressions need not', () => {
    for (const ddl of ['id INT, ID INT', 'a STRUCT<x: INT, X: INT>'])
      expect(() => parseDdl(ddl)).toThrow('differ by case only');
    expect(() => toSchema(struct({ id: int(), Id: int() }))).toThrow('differ by case only');
    expect(() => toSchema(struct({ a: array(struct({ x: int(), X: int() })) }))).toThrow('differ by case only');
    // What named_struct('a', 1, 'a', 2) gives has such a type.
    expect(simpleString(parseType('struct<a:int,a:int>'))).toBe('struct<a:int,a:int>');
  });

  it('is columns or one type where Spark takes both', () => {
    expect(simpleString(parseTypeOrSchema('a INT, date DATE'))).toBe('struct<a:int,date:date>');
    expect(simpleString(parseTypeOrSchema('date INT'))).toBe('struct<date:int>');
    expect(simpleString(parseTypeOrSchema('array<int>'))).toBe('array<int>');
    expect(() => parseTypeOrSchema('a INT, b LNG')).toThrow("'LNG' is not a type");
    expect(() => parseTypeOrSchema('array<LNG>')).toThrow("'LNG' is not a type");
  });

  it('ends where a type ends, in a text that goes on', () => {
    const at = (text: string, from: number): [string, string] => {
      const { type, length } = parseTypePrefix(text, from);
      return [simpleString(type), text.slice(from + length)];
    };
    expect(at('cast(x as decimal(5, 2)) + 1', 10)).toEqual(['decimal(5,2)', ') + 1']);
    expect(at('x::int-1', 3)).toEqual(['int', '-1']);
    expect(at('cast(x as interval day to hour)', 10)).toEqual(['interval day to hour', ')']);
  });

  it.each([
    ['cast(x as foo)', 'UNSUPPORTED_DATATYPE'],
    ['cast(x as array)', 'INCOMPLETE_TYPE_DEFINITION.ARRAY'],
    ['cast(x as char)', 'DATATYPE_MISSING_SIZE'],
    ['cast(x as decimal(39))', 'DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION'],
    ['cast(x as map<int>)', 'PARSE_SYNTAX_ERROR'],
    [`cast(x as ${'array<'.repeat(10_000)}int)`, 'PARSE_SYNTAX_ERROR'],
  ])('has the condition of Spark: %.30s', (text, condition) => {
    const expected = { details: expect.objectContaining({ condition }) as unknown };
    expect(() => parseTypePrefix(text, 10)).toThrow(expect.objectContaining(expected));
  });

  it('nests, and takes NOT NULL, comments and quoted names', () => {
    const schema = parseDdl(
      "id LONG NOT NULL COMMENT 'it''s' , `a ``b`` c` ARRAY<STRUCT<x: DOUBLE, y INT NOT NULL>>, m MAP<STRING, ARRAY<INT>>".replace(
        "it''s",
        "it\\'s",
      ),
    );
    expect(schema.fields[0]).toEqual({ name: 'id', type: long(), nullable: false, comment: "it's" });
    expect(schema.fields[1]!.name).toBe('a `b` c');
    expect(formatDdl(schema)).toBe(
      "id BIGINT NOT NULL COMMENT 'it\\'s', `a ``b`` c` ARRAY<STRUCT<x: DOUBLE, y: INT NOT NULL>>, m MAP<STRING, ARRAY<INT>>",
    );
  });

  it.each([
    [`'x''y'`, "x'y"],
    [`"x""y"`, 'x"y'],
    [`'x""y'`, 'x""y'],
    [`"x''y"`, "x''y"],
    [`'x\\'\\"y'`, `x'"y`],
  ])('takes the comment %s for %s', (text, comment) => {
    expect(parseDdl(`a INT COMMENT ${text}`).fields[0]!.comment).toBe(comment);
  });

  it('comes back from what is written of it', () => {
    fc.assert(
      fc.property(anyTypeTree, (type) => sameType(parseType(formatType(type)), type)),
      { numRuns: 300 },
    );
  });

  it('comes back with what must be there and with comments', () => {
    const column = fc.tuple(fc.boolean(), fc.option(fc.string({ unit: 'grapheme', maxLength: 8 }), { nil: undefined }));
    fc.assert(
      fc.property(fc.array(column, { minLength: 1, maxLength: 4 }), (columns) => {
        const nested = structOf(columns.map(([nullable, comment], i) => field(`f${i}`, int(), nullable, comment)));
        const schema = structOf([...nested.fields, field('nested', array(nested))]);
        expect(parseDdl(formatDdl(schema))).toEqual(schema);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['id LNG', "'LNG' is not a type. Did you mean 'LONG'?".toLowerCase(), 3],
    ['id', 'has no type', 2],
    ['id INT, id STRING', 'is there twice', 8],
    ['id INT,', 'a column name was expected', 7],
    ['id ARRAY<INT', "'>' was expected", 12],
    ['id DECIMAL(40, 2)', '1 to 38 digits', 3],
    ['`id INT', 'not closed', 0],
    ['', 'at least one column', 0],
  ])('says what is wrong with %j, and where', (ddl, message, position) => {
    const parse = (): unknown => parseDdl(ddl);
    expect(parse).toThrow(expect.objectContaining({ code: 'INVALID_SCHEMA' }));
    try {
      parse();
    } catch (error) {
      expect((error as Error).message.toLowerCase()).toContain(message.toLowerCase());
      expect((error as { details: { position: number } }).details.position).toBe(position);
    }
  });

  it('is the same as one of objects', () => {
    const built = struct({ id: long(), pos: struct({ x: double(), y: double() }), tags: array(string()) });
    expect(sameType(built, parseDdl('id LONG, pos STRUCT<x: DOUBLE, y: DOUBLE>, tags ARRAY<STRING>'))).toBe(true);
    expect(toSchema(built)).toBe(built);
  });

  it('is drawn as Spark draws it', () => {
    const schema = parseDdl(
      'id LONG, n INT NOT NULL, tags ARRAY<STRING>, m MAP<STRING, DOUBLE>, pos STRUCT<x: DECIMAL(10,2)>',
    );
    expect(treeString(schema)).toBe(
      [
        'root',
        ' |-- id: long (nullable = true)',
        ' |-- n: integer (nullable = false)',
        ' |-- tags: array (nullable = true)',
        ' |    |-- element: string (containsNull = true)',
        ' |-- m: map (nullable = true)',
        ' |    |-- key: string',
        ' |    |-- value: double (valueContainsNull = true)',
        ' |-- pos: struct (nullable = true)',
        ' |    |-- x: decimal(10,2) (nullable = true)',
      ].join('\n'),
    );
  });
});
