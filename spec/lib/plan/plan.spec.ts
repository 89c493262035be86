import { tap } from 'rxjs';
import { defineSource } from '../../../lib/connect/index.js';
import type { Flow } from '../../../lib/flow.js';
import { startQuery } from '../../../lib/query/index.js';
import {
  checkpoint,
  drop,
  filterRows,
  limit,
  mapRows,
  outputMode,
  select,
  trigger,
  union,
  withColumnRenamed,
} from '../../../operators/index.js';
import { collector, counter } from '../../helpers/pipelines.js';

/** A source that tells which columns it was asked for. */
function wide(
  asked: (columns: readonly string[] | undefined) => void,
): Flow<{ a: number; b: number; c: number; d: number }> {
  return defineSource<{ a: number; b: number; c: number; d: number }, number>({
    op: 'wide',
    name: 'wide',
    schema: 'a INT, b INT, c INT, d INT',
    supports: { replay: true, columns: true },
    open: ({ columns }) => {
      asked(columns);
      return {
        initial: () => 0,
        latest: () => 1,
        read: () => [Object.fromEntries((columns ?? ['a', 'b', 'c', 'd']).map((name) => [name, 1])) as never],
        status: () => ({ ended: true }),
      };
    },
  });
}

async function columnsAsked(
  flow: (source: ReturnType<typeof wide>) => Flow<never> | Flow,
): Promise<readonly string[] | undefined> {
  let columns: readonly string[] | undefined;
  const from = flow(wide((asked) => (columns = asked))) as Flow;
  const rows: unknown[] = [];
  await startQuery({
    from,
    to: { next: (batch) => void rows.push(...batch.rows), error: () => undefined, complete: () => undefined },
  }).awaitTermination();
  expect(rows.length).toBe(1);
  return columns;
}

describe('a plan', () => {
  it('is drawn as written and as run', () => {
    const flow = counter({ total: 1 }).pipe(
      trigger({ processingTime: '1 second' }),
      filterRows(function positive(row) {
        return row.n > 0;
      }),
      mapRows((row) => ({ m: row.n })),
      tap(() => undefined),
      checkpoint('somewhere'),
    ) as Flow;
    expect(flow.explain({ extended: true })).toBe(
      [
        '== Pipeline as written ==',
        'checkpoint somewhere',
        '+- (rxjs: not optimised across)',
        '   +- mapRows',
        '      +- filterRows positive  [n INT]',
        '         +- trigger processingTime 1000 ms  [n INT]',
        '            +- counter  [n INT]',
        '',
        '== Pipeline as run ==',
        'checkpoint somewhere',
        '+- (rxjs: not optimised across)',
        '   +- filterRows + mapRows positive',
        '      +- trigger processingTime 1000 ms  [n INT]',
        '         +- counter  [n INT]',
      ].join('\n'),
    );
  });

  it('asks sources for the columns that are used, and no others', async () => {
    expect(await columnsAsked((s) => s.pipe(select('d', 'b')))).toEqual(['b', 'd']);
    expect(await columnsAsked((s) => s.pipe(drop('a', 'c')))).toEqual(['b', 'd']);
    expect(await columnsAsked((s) => s.pipe(withColumnRenamed('a', 'x'), select('x')))).toEqual(['a']);
    expect(await columnsAsked((s) => s.pipe(trigger({ availableNow: true }), limit(5), select('c')))).toEqual(['c']);
    expect(await columnsAsked((s) => s.pipe(select('a', 'b'), select('a')))).toEqual(['a']);
  });

  it('asks for all where a function or a stranger looks at rows', async () => {
    expect(
      await columnsAsked((s) =>
        s.pipe(
          filterRows(() => true),
          select('a'),
        ),
      ),
    ).toBeUndefined();
    expect(
      await columnsAsked(
        (s) =>
          s.pipe(
            tap(() => undefined),
            select('a'),
          ) as Flow,
      ),
    ).toBeUndefined();
  });

  it('knows the schema after each operator', () => {
    const source = wide(() => undefined);
    const names = (flow: Flow<never> | Flow): string[] | undefined => (flow as Flow).schema?.fields.map((f) => f.name);
    expect(names(source.pipe(select('d', 'a')))).toEqual(['d', 'a']);
    expect(names(source.pipe(drop('b'), withColumnRenamed('a', 'x')))).toEqual(['x', 'c', 'd']);
    expect(names(source.pipe(mapRows((r) => r)))).toBeUndefined();
    expect(names(source.pipe(mapRows((r) => ({ z: r.a }), { schema: 'z INT' })))).toEqual(['z']);
  });

  it('is refused, where it is written, with the nearest name', () => {
    const source = wide(() => undefined);
    expect(() => source.pipe(select('aa' as never))).toThrow(expect.objectContaining({ code: 'UNKNOWN_COLUMN' }));
    expect(() => source.pipe(withColumnRenamed('a', 'b'))).toThrow(expect.objectContaining({ code: 'INVALID_SCHEMA' }));
    expect(() => source.pipe(union(counter({ total: 1 }) as never))).toThrow(
      expect.objectContaining({ code: 'SCHEMA_MISMATCH' }),
    );
  });

  it.each([
    ['two checkpoints', (s: Flow) => s.pipe(checkpoint('a'), checkpoint('b')), 'UNSUPPORTED_PIPELINE'],
    [
      'two triggers',
      (s: Flow) => s.pipe(trigger({ once: true }), trigger({ availableNow: true })),
      'UNSUPPORTED_PIPELINE',
    ],
    ['state below the checkpoint', (s: Flow) => s.pipe(checkpoint('a'), limit(5)), 'UNSUPPORTED_PIPELINE'],
    ['the whole of a stream without end', (s: Flow) => s.pipe(outputMode('complete')), 'UNSUPPORTED_OUTPUT_MODE'],
    ['a mode that the sink has not', (s: Flow) => s.pipe(outputMode('update')), 'UNSUPPORTED_OUTPUT_MODE'],
  ])('is refused before the start: %s', (_, build, code) => {
    const from = build(wide(() => undefined));
    expect(() => startQuery({ from, to: collector().sink as never })).toThrow(expect.objectContaining({ code }));
  });
});
