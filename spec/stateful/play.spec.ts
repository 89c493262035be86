import fc from 'fast-check';
import { union, withWatermark } from '../../operators/index.js';
import { type Event, arrivals, asSet, cut, delay, lives, play } from './play.js';

const late = withWatermark<Event>('at', delay);

describe('what is played', () => {
  it('holds each event once, whatever fails', () =>
    fc.assert(
      fc.asyncProperty(arrivals(), arrivals(), lives(), async (left, right, given) => {
        const out = await play<Event>({
          inputs: [left, right],
          lives: given,
          pipeline: (a, b) => a.pipe(late, union(b.pipe(late))),
        });
        expect(asSet(out.flat())).toEqual(asSet([...left.flat(), ...right.flat()]));
      }),
      { numRuns: 15 },
    ));

  it('is cut as it is said', () => {
    expect(cut([1, 2, 3, 4, 5], [2, 0])).toEqual([[1, 2], [], [3, 4], [], [5]]);
    expect(cut([1, 2], [0]).flat()).toEqual([1, 2]);
  });
});
