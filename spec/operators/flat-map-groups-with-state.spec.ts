import type { Flow } from '../../lib/flow.js';
import { count } from '../../lib/expressions/index.js';
import { aggregate, dropDuplicates, flatMapGroupsWithState, withWatermark } from '../../operators/index.js';
import { type Given, addData, expectNewRows, expectRows, start, stop, testStream } from '../../lib/testing/index.js';

interface Click {
  readonly user: string;
  readonly at: Date;
}
const schema = 'user STRING, at TIMESTAMP';
const click = (user: string, minutes: number): Click => ({ user, at: new Date((60 + minutes) * 60_000) });

/** A row for each session, when no click has come for half an hour. */
const sessions = flatMapGroupsWithState(
  { by: 'user' as const, initial: () => ({ n: 0, last: 0 }), timeout: 'eventTime', outputMode: 'append' },
  (user: string, rows: readonly Click[], state) => {
    const { n, last } = state.get();
    if (state.hasTimedOut) {
      state.remove();
      return [{ user, clicks: n }];
    }
    const latest = rows.reduce((max, { at }) => Math.max(max, at.getTime()), last);
    state.update({ n: n + rows.length, last: latest });
    state.setTimeoutTimestamp(latest, '30 minutes');
    return [];
  },
);

describe('flatMapGroupsWithState', () => {
  it('gives any number of rows a call', () =>
    testStream(
      ({ input }: Given<Click>) => input.pipe(withWatermark('at', '10 minutes'), sessions),
      [
        addData([click('a', 0), click('b', 1)]),
        addData([click('a', 20)]),
        stop(),
        start(),
        addData([click('c', 45)]),
        // The watermark is at 35 minutes: b's session ended at 31.
        expectRows([{ user: 'b', clicks: 1 }]),
        addData([click('c', 61)]),
        expectNewRows([{ user: 'a', clicks: 2 }]),
      ],
      { schema },
    ));

  it('takes what a generator gives, and what it keeps on the way', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          flatMapGroupsWithState({ by: 'user', initial: () => 0 }, function* (user, rows, state) {
            for (const _ of rows) {
              state.update(state.get() + 1);
              yield { user, n: state.get() };
            }
          }),
        ),
      [
        addData([click('a', 0), click('a', 0)]),
        addData([click('a', 0)]),
        expectRows([
          { user: 'a', n: 1 },
          { user: 'a', n: 2 },
          { user: 'a', n: 3 },
        ]),
      ],
      { schema },
    ));

  it('rows of append can be aggregated, in any output mode', () =>
    testStream(
      ({ input }: Given<Click>) =>
        input.pipe(
          flatMapGroupsWithState({ by: 'user', outputMode: 'append', schema: 'user STRING' }, (user, rows) =>
            rows.map(() => ({ user })),
          ),
          aggregate({ by: { user: 'user' }, values: { n: count() } }),
        ),
      [
        addData([click('a', 0), click('a', 0)]),
        addData([click('a', 0)]),
        expectRows([
          { user: 'a', n: 2 },
          { user: 'a', n: 3 },
        ]),
      ],
      { schema, outputMode: 'update' },
    ));

  const started = (pipeline: (given: Given<Click>) => Flow<unknown>, outputMode: 'append' | 'update'): Promise<void> =>
    testStream(pipeline, [], { schema, outputMode });

  it('refuses an output mode other than that of its rows', () =>
    expect(started(({ input }) => input.pipe(withWatermark('at', 0), sessions), 'update')).rejects.toThrow(
      "gives rows of the output mode 'append', and the query's is 'update'",
    ));

  it('refuses what keeps state behind timeouts in event time', () =>
    expect(
      started(({ input }) => input.pipe(withWatermark('at', 0), sessions, dropDuplicates(['user'])), 'append'),
    ).rejects.toThrow('cannot follow flatMapGroupsWithState with event-time timeouts'));

  it('says what a call gives that is not a list', () =>
    expect(
      testStream(
        ({ input }: Given<Click>) => input.pipe(flatMapGroupsWithState({ by: 'user' }, (() => undefined) as never)),
        [addData([click('a', 0)])],
        { schema },
      ),
    ).rejects.toThrow(/the call for the key "a" in batch 0 failed/));
});
