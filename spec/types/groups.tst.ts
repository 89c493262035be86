import { memorySource } from 'sluice/connectors';
import { type GroupState, flatMapGroupsWithState, mapGroupsWithState } from 'sluice/operators';
import type { Flow } from 'sluice';
import { expect, it } from 'tstyche';

interface Click {
  readonly user: string;
  readonly page: number;
}
const clicks$ = memorySource<Click>({ schema: 'user STRING, page INT' });

it('a function of groups gets the key, the rows and the state in their types', () => {
  const counted$ = clicks$.pipe(
    mapGroupsWithState({ by: 'user', initial: () => ({ n: 0 }) }, (user, rows, state) => {
      expect(user).type.toBe<string>();
      expect(rows).type.toBe<readonly Click[]>();
      expect(state).type.toBe<GroupState<{ n: number }, { n: number }>>();
      expect(state.get()).type.toBe<{ n: number }>();
      return { user, n: 1 };
    }),
  );
  expect(counted$).type.toBe<Flow<{ user: string; n: number }>>();
});

it('a list of columns makes an object of the key, and without an initial state there may be none', () => {
  const counted$ = clicks$.pipe(
    flatMapGroupsWithState({ by: ['user', 'page'] }, (key, rows, state: GroupState<number>) => {
      expect(key).type.toBe<{ readonly user: string; readonly page: number }>();
      expect(state.get()).type.toBe<number | undefined>();
      return rows.map(({ page }) => ({ page }));
    }),
  );
  expect(counted$).type.toBe<Flow<{ page: number }>>();
});

it('expressions by names make an object of the key', () => {
  clicks$.pipe(
    mapGroupsWithState({ by: { who: 'user', half: 'page / 2' } }, (key) => {
      expect(key).type.toBe<{ readonly who: string; readonly half: unknown }>();
      return {};
    }),
  );
});
