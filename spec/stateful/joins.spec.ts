import fc from 'fast-check';
import type { Flow } from '../../lib/flow.js';
import { join, selectExpr, withWatermark } from '../../operators/index.js';
import { pairs } from './oracle.js';
import { type Event, arrivals, asSet, closing, delay, keptIn, lives, numRuns, play, timeout } from './play.js';

interface Pair {
  readonly l: number | null;
  readonly r: number | null;
}

const within = 3000;
const on = 'l.k = r.k AND r.at BETWEEN l.at AND l.at + INTERVAL 3 SECONDS';
const late = withWatermark<Event>('at', delay);

const unmatched = (events: readonly Event[], matched: readonly Event[]): Event[] =>
  events.filter((event) => !matched.includes(event));

type Oracle = (left: readonly Event[], right: readonly Event[]) => Pair[];
const inner: Oracle = (left, right) => pairs(left, right, within).map(([l, r]) => ({ l: l.id, r: r.id }));
const onlyLeft: Oracle = (left, right) =>
  unmatched(
    left,
    pairs(left, right, within).map(([l]) => l),
  ).map(({ id }) => ({ l: id, r: null }));
const onlyRight: Oracle = (left, right) =>
  unmatched(
    right,
    pairs(left, right, within).map(([, r]) => r),
  ).map(({ id }) => ({ l: null, r: id }));
const semi: Oracle = (left, right) =>
  unmatched(
    left,
    onlyLeft(left, right).map(({ l }) => left.find(({ id }) => id === l)!),
  ).map(({ id }) => ({ l: id, r: null }));

const both =
  (...oracles: Oracle[]): Oracle =>
  (left, right) =>
    oracles.flatMap((oracle) => oracle(left, right));

const cases: [string, Oracle][] = [
  ['inner', inner],
  ['leftOuter', both(inner, onlyLeft)],
  ['rightOuter', both(inner, onlyRight)],
  ['fullOuter', both(inner, onlyLeft, onlyRight)],
  ['leftSemi', semi],
];

const joining =
  (type: string) =>
  (left: Flow<Event>, right: Flow<Event>): Flow<Pair> =>
    left.pipe(
      late,
      join(right.pipe(late), { on, type: type as 'inner', as: ['l', 'r'] }),
      type === 'leftSemi' ? selectExpr('id AS l', 'CAST(NULL AS INT) AS r') : selectExpr('l.id AS l', 'r.id AS r'),
    ) as never;

const isReal = ({ l, r }: Pair): boolean => (l ?? 0) >= 0 && (r ?? 0) >= 0;

describe.each(keptIn)('however events of two streams come, with state in %s', (_name, options) => {
  it.each(cases)(
    '%s: all that belong together meet, once',
    (type, oracle) =>
      fc.assert(
        fc.asyncProperty(arrivals(30), arrivals(30), lives(), async (left, right, given) => {
          // Each side's last row comes when the other side is through, and finds no match.
          const inputs = inStep(left, right).map((batches, side) => [
            ...batches,
            [{ ...closing(side), id: -1, k: `end ${side}` }],
          ]);
          const out = await play<Pair>({ inputs, lives: given, pipeline: joining(type), options });
          expect(asSet(out.flat().filter(isReal))).toEqual(asSet(oracle(left.flat(), right.flat())));
        }),
        { numRuns },
      ),
    timeout,
  );
});

/** Lists of the same length: what is shorter gets empty batches at its end. */
function inStep<T>(a: readonly (readonly T[])[], b: readonly (readonly T[])[]): (readonly T[])[][] {
  const length = Math.max(a.length, b.length);
  return [a, b].map((list) => Array.from({ length }, (_, i) => list[i] ?? []));
}
