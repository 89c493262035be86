import type { Observable } from 'rxjs';
import { map, tap } from 'rxjs';
import type { DeadLetterRow, Flow, MicroBatch, StreamingQuery } from 'sluice';
import { col, count, long, startQuery, string, struct, udf } from 'sluice';
import { defineSink, fileSink, fileSource, foreachSink, memorySink, memorySource, rateSource } from 'sluice/connectors';
import {
  checkpoint,
  drop,
  filterRows,
  flatMapRows,
  limit,
  mapRows,
  microBatch,
  select,
  trigger,
  observe,
  selectExpr,
  session,
  union,
  validate,
  where,
  withColumn,
  withColumnRenamed,
  withColumns,
} from 'sluice/operators';
import { describe, expect, test } from 'tstyche';

interface Order {
  id: number;
  shop: string;
  amount: number;
}

declare const orders$: Flow<Order>;
declare const events$: Observable<Order>;

describe('pipe', () => {
  test('keeps a flow a flow, and infers rows', () => {
    expect(orders$.pipe(filterRows((order) => order.amount > 1))).type.toBe<Flow<Order>>();
    expect(orders$.pipe(mapRows(({ id }) => ({ key: id })))).type.toBe<Flow<{ key: number }>>();
    expect(orders$.pipe(mapRows(async ({ id }) => ({ key: id }), { concurrency: 4 }))).type.toBe<
      Flow<{ key: number }>
    >();
    expect(orders$.pipe(flatMapRows(({ shop }) => [{ letter: shop }]))).type.toBe<Flow<{ letter: string }>>();
    expect(orders$.pipe(trigger({ availableNow: true }), limit(5), checkpoint('dir'))).type.toBe<Flow<Order>>();
    expect(orders$.pipe(union(orders$))).type.toBe<Flow<Order>>();
    expect(orders$.pipe()).type.toBe<Flow<Order>>();
  });

  test('knows the columns', () => {
    expect(orders$.pipe(select('id', 'shop'))).type.toBe<Flow<Pick<Order, 'id' | 'shop'>>>();
    expect(orders$.pipe(drop('amount'))).type.toBe<Flow<Omit<Order, 'amount'>>>();
    expect(orders$.pipe(withColumnRenamed('id', 'key'), select('key'))).type.toBeAssignableTo<Flow<{ key: number }>>();
    expect(select<Order, 'id'>).type.not.toBeCallableWith('nope');
  });

  test('takes expressions', () => {
    expect(orders$.pipe(where('amount > 1'), where(col('id').eq(1)))).type.toBe<Flow<Order>>();
    expect(orders$.pipe(select('id', col('amount').mul(2).as('double')))).type.toBe<Flow<Record<string, unknown>>>();
    expect(orders$.pipe(select('*'))).type.toBe<Flow<Record<string, unknown>>>();
    expect(orders$.pipe(select('point.x'))).type.toBe<Flow<Record<string, unknown>>>();
    expect(orders$.pipe(selectExpr('id + 1 AS next'), select('next'))).type.toBe<
      Flow<Pick<Record<string, unknown>, 'next'>>
    >();
    expect(orders$.pipe(withColumn('kind', 'id % 2'))).type.toBeAssignableTo<Flow<Order & { kind: unknown }>>();
    expect(orders$.pipe(withColumn('id', "'x'"), select('id', 'shop'))).type.toBeAssignableTo<
      Flow<{ id: unknown; shop: string }>
    >();
    expect(orders$.pipe(withColumns({ kind: col('id'), b: 'id' }), select('kind', 'b', 'shop'))).type.toBeAssignableTo<
      Flow<{ kind: unknown; b: unknown; shop: string }>
    >();
    expect(orders$.pipe(session({ ansi: false }), observe('q', { n: count() }))).type.toBe<Flow<Order>>();
    expect(udf('f', (n: number) => n, 'INT')).type.toBeCallableWith('id', col('id'), 1);
  });

  test('takes any sink for what is bad', () => {
    const rules = { positive: 'amount > 0', known: col('shop').isNotNull() };
    expect(orders$.pipe(validate({ rules, otherwise: 'drop' }))).type.toBe<Flow<Order>>();
    expect(validate).type.toBeCallableWith({ rules, otherwise: fileSink({ format: 'json', path: 'bad/' }) });
    expect(validate).type.toBeCallableWith({ rules, otherwise: memorySink<DeadLetterRow>() });
    expect(validate).type.not.toBeCallableWith({ rules, otherwise: 'ignore' });
  });

  test('takes operators of rxjs', () => {
    expect(orders$.pipe(tap((batch) => batch.rows[0]?.amount))).type.toBe<Observable<MicroBatch<Order>>>();
    expect(orders$.pipe(map((batch) => batch.numRows))).type.toBe<Observable<number>>();
    expect(
      orders$.pipe(
        tap(() => undefined),
        filterRows((order) => order.id > 1),
      ),
    ).type.toBe<Flow<Order>>();
  });

  test('makes flows of any Observable', () => {
    expect(events$.pipe(microBatch({ maxRows: 10 }))).type.toBeAssignableTo<Observable<MicroBatch<Order>>>();
    expect(microBatch<Order>({ maxRows: 10 })(events$)).type.toBe<Flow<Order>>();
  });
});

describe('sources', () => {
  test('have the rows of their schema', () => {
    const schema = struct({ id: long(), shop: string() });
    const flow = fileSource({ format: 'csv', path: 'in/', schema });
    expect(flow).type.toBeAssignableTo<Flow<{ id: number | bigint | null; shop: string | null }>>();
    expect(fileSource<Order>({ format: 'json', path: 'in/', schema: 'id LONG' })).type.toBe<Flow<Order>>();
    expect(memorySource<Order>({ schema: 'id LONG' })).type.toBeAssignableTo<Flow<Order>>();
    expect(rateSource({ rowsPerSecond: 1 })).type.toBeAssignableTo<
      Observable<MicroBatch<{ value: number | bigint | null }>>
    >();
  });
});

describe('queries', () => {
  test('fit a sink to a flow', () => {
    expect(startQuery({ from: orders$, to: fileSink({ format: 'csv', path: 'out/' }) })).type.toBe<StreamingQuery>();
    expect(
      startQuery({ from: orders$, to: foreachSink<Order>((order) => void order.amount) }),
    ).type.toBe<StreamingQuery>();
    const other = defineSink<{ nope: boolean }>({
      op: 'other',
      supports: { exactlyOnce: false },
      open: () => ({ write: () => undefined }),
    });
    expect(startQuery<Order>).type.not.toBeCallableWith({ from: orders$, to: other });
  });
});
