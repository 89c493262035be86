import { memorySource } from 'sluice/connectors';
import {
  type ListState,
  type MapState,
  type StatefulProcessor,
  type StatefulProcessorHandle,
  type ValueState,
  transformWithState,
} from 'sluice/operators';
import { type Flow, array, int, long, string, struct, timestamp } from 'sluice';
import { expect, it } from 'tstyche';

interface Click {
  readonly user: string;
  readonly page: number;
}
const clicks$ = memorySource<Click>({ schema: 'user STRING, page INT' });

it('a processor gets the key and the rows in their types, and gives those of the flow', () => {
  const counted$ = clicks$.pipe(
    transformWithState({ by: 'user' }, (handle) => {
      expect(handle).type.toBe<StatefulProcessorHandle>();
      return {
        handleInputRows: (user, rows) => {
          expect(user).type.toBe<string>();
          expect(rows).type.toBe<readonly Click[]>();
          return [{ user, n: rows.length }];
        },
      };
    }),
  );
  expect(counted$).type.toBe<Flow<{ user: string; n: number }>>();
});

it('generators, timers and initial states have their types, too', () => {
  const counted$ = clicks$.pipe(
    transformWithState(
      { by: ['user', 'page'], timeMode: 'processingTime', initialState: [[{ user: 'a', page: 1 }, { n: 5 }]] },
      () => ({
        *handleInputRows(key) {
          expect(key).type.toBe<{ readonly user: string; readonly page: number }>();
          yield { page: key.page };
        },
        *handleExpiredTimer(key, { currentProcessingTime, currentWatermark }, { expiryTime }) {
          expect(currentWatermark).type.toBe<number | null>();
          expect(expiryTime).type.toBe<number>();
          yield { page: key.page + currentProcessingTime };
        },
        handleInitialState(_key, initial) {
          expect(initial).type.toBe<{ n: number }>();
        },
      }),
    ),
  );
  expect(counted$).type.toBe<Flow<{ page: number }>>();
});

it('a class is a processor', () => {
  class Counts implements StatefulProcessor<string, Click, { n: number }> {
    private n!: ValueState<number>;
    init(handle: StatefulProcessorHandle): void {
      this.n = handle.getValueState<number>('n', long());
    }
    handleInputRows(_user: string, rows: readonly Click[]): { n: number }[] {
      this.n.update((this.n.get() ?? 0) + rows.length);
      return [{ n: this.n.get()! }];
    }
  }
  expect(clicks$.pipe(transformWithState({ by: 'user' }, () => new Counts()))).type.toBe<Flow<{ n: number }>>();
  expect(transformWithState<Click, { n: number }, 'page'>).type.not.toBeCallableWith(
    { by: 'page' },
    () => new Counts(),
  );
});

it('state variables have the types of their schemas, or those that are said', () => {
  const handle = {} as StatefulProcessorHandle;
  expect(handle.getValueState('a', int())).type.toBe<ValueState<number>>();
  expect(handle.getValueState('a', struct({ at: timestamp() }))).type.toBe<ValueState<{ at: Date | null }>>();
  expect(handle.getValueState<number>('a', long())).type.toBe<ValueState<number>>();
  expect(handle.getValueState<{ n: number }>('a', 'n INT')).type.toBe<ValueState<{ n: number }>>();
  expect(handle.getValueState('a')).type.toBe<ValueState<unknown>>();
  expect(handle.getListState('a', array(string()))).type.toBe<ListState<(string | null)[]>>();
  expect(handle.getMapState('a', string(), int())).type.toBe<MapState<string, number>>();
  expect(handle.getMapState<string, number>('a', 'STRING', 'INT')).type.toBe<MapState<string, number>>();
});

it('the column of event time is one of those that come out', () => {
  transformWithState<Click, { user: string; due: Date }, 'user'>(
    { by: 'user', timeMode: 'eventTime', eventTimeColumnName: 'due' },
    () => ({ handleInputRows: () => [] }),
  );
  transformWithState<Click, { user: string; due: Date }, 'user'>(
    // @ts-expect-error Type '"at"' is not assignable
    { by: 'user', timeMode: 'eventTime', eventTimeColumnName: 'at' },
    () => ({ handleInputRows: () => [] }),
  );
});
