import { Settlement } from '../../../lib/batch/index.js';

/** A settlement with one that holds the batch and one that waits for others; what that one is told. */
function waiting(owner?: { readonly taken: () => void; readonly interrupted: boolean }) {
  const settlement = new Settlement(owner);
  const told: boolean[] = [];
  const holder = settlement.keep();
  const done = settlement.wait((failed) => {
    told.push(failed);
    done();
  });
  return { settlement, told, holder };
}

describe('who waits for the rest of a batch', () => {
  it('is told when nobody else holds it', () => {
    const { told, holder } = waiting();
    expect(told).toEqual([]);
    holder();
    expect(told).toEqual([false]);
  });

  it('is told whether it failed', () => {
    const { settlement, told, holder } = waiting();
    settlement.fail(new Error('planted'));
    holder();
    expect(told).toEqual([true]);
  });

  it('is told whether a part of it is lost', () => {
    const { told, holder } = waiting({ taken: () => undefined, interrupted: true });
    holder();
    expect(told).toEqual([true]);
  });

  it('has not taken it, nor has who handed it on', () => {
    let taken = 0;
    const { settlement, holder } = waiting({ taken: () => taken++, interrupted: false });
    const first = settlement.hold();
    settlement.hold()();
    first();
    expect(taken).toBe(1);
    holder();
    expect(taken).toBe(1);
  });
});
