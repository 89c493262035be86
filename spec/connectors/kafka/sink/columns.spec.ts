import { checkColumns, messagesOf } from '../../../../connectors/kafka/sink/columns.js';
import { Table } from '../../../../lib/columns/index.js';
import { parseDdl } from '../../../../lib/schema/index.js';
import { caughtFrom } from '../../../helpers/caught-from.js';

const headersDdl = 'headers ARRAY<STRUCT<key: STRING, value: BINARY>>';

const refusal = (ddl: string, hasTopic = true) => caughtFrom(() => checkColumns(parseDdl(ddl), hasTopic));

describe('the columns of messages', () => {
  it.each([
    'value STRING',
    'value BINARY, key STRING',
    `value STRING, key BINARY, ${headersDdl}, topic STRING, partition INT`,
    'value STRING, partition SMALLINT, other DOUBLE, Key DOUBLE',
    // Fields of headers in the other order, texts as their values.
    'value STRING, headers ARRAY<STRUCT<value: STRING, key: STRING>>',
    // The option wins, so that nobody looks at the column.
    'value STRING, topic DOUBLE',
  ])('may be %s', (ddl) => {
    expect(() => checkColumns(parseDdl(ddl), true)).not.toThrow();
  });

  it('have a value, by its exact name', () => {
    expect(refusal('Value STRING')).toMatchObject({ code: 'UNKNOWN_COLUMN', details: { column: 'value' } });
    expect(refusal('Value STRING').message).toContain("Did you mean 'Value'?");
  });

  it('have a topic, or the option says it', () => {
    expect(refusal('value STRING', false)).toMatchObject({ code: 'MISSING_OPTION', details: { option: 'topic' } });
    expect(() => checkColumns(parseDdl('value STRING, topic STRING'), false)).not.toThrow();
  });

  it.each([
    ['value', 'value INT', 'STRING or BINARY', 'INT'],
    ['key', 'value STRING, key LONG', 'STRING or BINARY', 'BIGINT'],
    ['topic', 'value STRING, topic BINARY', 'STRING', 'BINARY'],
    // As in Spark, which takes IntegerType alone.
    ['partition', 'value STRING, topic STRING, partition LONG', 'INT', 'BIGINT'],
    ['headers', 'value STRING, topic STRING, headers MAP<STRING, BINARY>', 'ARRAY<', 'MAP<'],
    ['headers', 'value STRING, topic STRING, headers ARRAY<STRUCT<key: STRING, value: INT>>', 'ARRAY<', 'ARRAY<'],
    ['headers', 'value STRING, topic STRING, headers ARRAY<STRUCT<key: STRING>>', 'ARRAY<', 'ARRAY<'],
  ])('%s has its type: not %s', (column, ddl, accepted, found) => {
    const error = refusal(ddl, !ddl.includes('topic'));
    expect(error).toMatchObject({ code: 'SCHEMA_MISMATCH', details: { column } });
    expect(error.message).toContain(accepted);
    expect(error.message).toContain(`not ${found}`);
  });

  it('are found in rows without types', () => {
    const rows = [
      { value: 'a', key: null, partition: 2, headers: [{ value: 'x', key: 'h' }] },
      { value: null, key: 'k', partition: null, headers: null },
    ];
    const { length, partition, records, topic } = messagesOf(Table.fromRows(rows), true, 5);
    expect(length).toBe(2);
    expect([records.value!.get(0), records.value!.get(1)]).toEqual(['a', null]);
    expect([records.key!.get(0), records.key!.get(1)]).toEqual([null, 'k']);
    expect([partition!.get(0), partition!.get(1)]).toEqual([2, null]);
    expect(topic).toBeNull();
    expect(records.headers!.get(1)).toBeNull();
    expect(records.timestamp).toBe(5);
  });

  it('have the key of a header first, whatever the order of its fields', () => {
    const rows = [{ value: 'a', headers: [{ value: 'x', key: 'h' }] }];
    const { headers } = messagesOf(Table.fromRows(rows), true, 0).records;
    const [keys] = (headers!.child as unknown as { children: { get(i: number): unknown }[] }).children;
    expect(keys!.get(0)).toBe('h');
  });

  it('may be missing in every row', () => {
    const rows = [{ value: null, key: null, headers: [], topic: null }];
    const { records, topic } = messagesOf(Table.fromRows(rows), false, 0);
    expect(records).toMatchObject({ key: null, value: null, headers: null });
    expect(topic!.get(0)).toBeNull();
  });

  it.each([
    [{ value: 1 }, 'SCHEMA_MISMATCH'],
    [{ value: 'a', key: true }, 'SCHEMA_MISMATCH'],
    [{ value: 'a', partition: 1.5 }, 'TYPE_MISMATCH'],
    [{ value: 'a', headers: [{ key: 'h', value: 1 }] }, 'SCHEMA_MISMATCH'],
  ])('are refused when their values are there: %o', (row, code) => {
    expect(caughtFrom(() => messagesOf(Table.fromRows([row]), true, 0)).code).toBe(code);
  });
});
