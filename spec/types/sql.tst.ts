import { expect, test } from 'tstyche';
import { type Schema, type Table, sql } from '../../lib/index.js';

test('sql gives rows of the type that is asked for', () => {
  expect(sql<{ shop: string }>('SELECT shop FROM sales')).type.toBeAssignableTo<Promise<{ shop: string }[]>>();
  expect(sql('SELECT 1')).type.toBeAssignableTo<Promise<Record<string, unknown>[]>>();
  expect<Awaited<ReturnType<typeof sql<{ n: number }>>>['schema']>().type.toBe<Schema<{ n: number }>>();
  expect<Awaited<ReturnType<typeof sql>>['table']>().type.toBe<Table>();
  expect(sql).type.not.toBeCallableWith();
});
