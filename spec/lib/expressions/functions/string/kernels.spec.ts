import fc from 'fast-check';
import { BytesColumn, Table } from '../../../../../lib/columns/index.js';
import {
  Scope,
  compile,
  defaultSettings,
  factsOf,
  parseExpression,
  resolve,
} from '../../../../../lib/expressions/index.js';
import { evaluateRow } from '../../../../../lib/expressions/row.js';
import type { Value } from '../../../../../lib/expressions/values.js';
import { columnOf, readerOf } from '../../../../../lib/expressions/vector.js';
import { parseDdl } from '../../../../../lib/schema/index.js';
import { decodeText } from '../../../../../lib/text/index.js';

const broken = decodeText(Uint8Array.of(0x61, 0xc3, 0x62, 0xff));
const unit = fc.constantFrom('a', 'B', ' ', 'é', '😀', 'ß', '%', 'ab');
const texts = fc.oneof(
  fc.array(fc.array(fc.constantFrom('a', 'B', ' ', 'ab', '1')).map((p) => p.join(''))),
  fc.array(fc.option(fc.oneof({ weight: 9, arbitrary: fc.array(unit).map((p) => p.join('')) }, fc.constant(broken)))),
);

const schema = parseDdl('s STRING');
const batch = factsOf(0, 0, 'query');

it.each([
  'upper(s)',
  'lower(s)',
  'length(s)',
  'octet_length(s)',
  'bit_length(s)',
  'substring(s, 2)',
  'substring(s, 0, 2)',
  'substring(s, -3, 2)',
  'substring(s, 2, -1)',
  'left(s, 2)',
  'trim(s)',
  "ltrim('a ', s)",
  "rtrim('a ', s)",
  "btrim(s, 'aB')",
  "contains(s, 'ab')",
  "contains(s, '')",
  "startswith(s, 'é')",
  "endswith(s, 'ab')",
  "replace(s, 'ab', 'é')",
  "replace(s, 'a')",
  "s LIKE 'a%'",
  "s LIKE '%ab'",
  "s LIKE '%é%'",
  "s LIKE 'ab'",
  "s LIKE '%a_b%'",
  "s RLIKE 'a+b|é'",
  "regexp_replace(s, '(a)|b', '$1-')",
  "regexp_extract(s, '(a)(b)?', 2)",
  "split(s, 'a')",
  "contains(CAST(s AS BINARY), x'c3')",
  'length(CAST(s AS BINARY))',
  'substring(CAST(s AS BINARY), -2, 1)',
])('%s gives over columns what it gives a row at a time', (sql) => {
  const compiled = compile(parseExpression(sql), schema);
  const bound = resolve(parseExpression(sql), Scope.of(schema), defaultSettings);
  fc.assert(
    fc.property(texts, fc.nat(2), (values, skipped) => {
      // A slice, so that its bytes do not begin where its buffer does; of a Buffer, whose own slices share memory.
      const whole = columnOf({ kind: 'string' }, values) as BytesColumn;
      const buffered = new BytesColumn(whole.type, whole.offsets, Buffer.from(whole.bytes), whole);
      const column = buffered.slice(Math.min(skipped, values.length), values.length);
      const before = values.slice(skipped);
      const got = compiled.over(new Table(schema, [column], column.length), batch);
      const given = readerOf(column);
      expect(before.map((_, i) => given(i))).toEqual(before);
      const read = readerOf(got);
      values.slice(skipped).forEach((value, i) => {
        const expected = evaluateRow(bound, { batch, input: () => value, variable: () => null });
        expect(plain(read(i))).toEqual(plain(expected));
      });
    }),
    { numRuns: 60 },
  );
});

const plain = (value: Value): unknown => (value instanceof Uint8Array ? [...value] : value);

it('stops a search in a column, and names what is wrong', () => {
  const compiled = compile(parseExpression("s RLIKE '^(a+)+$'"), schema);
  const column = columnOf({ kind: 'string' }, ['a', `${'a'.repeat(40)}!`, 'b']);
  expect(() => compiled.over(new Table(schema, [column], 3), batch)).toThrow(/took longer than 1000 ms/);
});

it('upper and lower change the lengths of some texts and keep those of others', () => {
  const given = ['straße', 'abc', null, 'Tromsø', 'ŉ', 'ﬁn', '', 'İstanbul', 'abc'];
  // Not from its beginning: the offsets of a slice do not start at 0.
  const column = columnOf({ kind: 'string' }, given).slice(1, given.length);
  const rest = given.slice(1);
  for (const name of ['upper', 'lower'] as const) {
    const made = compile(parseExpression(`${name}(s)`), schema).over(new Table(schema, [column], rest.length), batch);
    const change = (s: string): string => (name === 'upper' ? s.toUpperCase() : s.toLowerCase());
    expect(rest.map((_, i) => readerOf(made)(i))).toEqual(rest.map((s) => (s === null ? null : change(s))));
  }
});
