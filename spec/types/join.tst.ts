import { describe, expect, it } from 'tstyche';
import { memorySource } from 'sluice/connectors';
import { dropDuplicates, join, joinTable } from 'sluice/operators';
import type { Flow } from 'sluice';

const a = memorySource<{ id: number; at: Date; v: string }>({ schema: 'id INT, at TIMESTAMP, v STRING' });
const b = memorySource<{ id: number; at: Date; w: string }>({ schema: 'id INT, at TIMESTAMP, w STRING' });

describe('joins', () => {
  it('name columns that both sides have by their side', () => {
    expect(a.pipe(join(b, { on: 'a.id = b.id' }))).type.toBe<
      Flow<{ 'a.id': number; 'a.at': Date; v: string; 'b.id': number; 'b.at': Date; w: string }>
    >();
    expect(a.pipe(join(b, { on: ['id'], as: ['x', 'y'], type: 'leftOuter' }))).type.toBe<
      Flow<{ id: number; 'x.at': Date; v: string; 'y.at': Date | null; w: string | null }>
    >();
    expect(a.pipe(join(b, { on: ['id', 'at'], type: 'full' }))).type.toBe<
      Flow<{ id: number; at: Date; v: string | null; w: string | null }>
    >();
    expect(a.pipe(join(b, { on: 'a.id = b.id', type: 'leftSemi' }))).type.toBe<
      Flow<{ id: number; at: Date; v: string }>
    >();
  });

  it('know the columns of a table', () => {
    expect(a.pipe(joinTable([{ id: 1, name: 'x' }], { on: ['id'], type: 'left' }))).type.toBe<
      Flow<{ id: number; at: Date; v: string; name: string | null }>
    >();
    expect(a.pipe(joinTable(async () => Promise.resolve([{ id: 1, name: 'x' }]), { on: ['id'] }))).type.toBe<
      Flow<{ id: number; at: Date; v: string; name: string }>
    >();
  });

  it('leave rows what they are where duplicates are left out', () => {
    expect(a.pipe(dropDuplicates(['id']))).type.toBe<Flow<{ id: number; at: Date; v: string }>>();
  });
});
