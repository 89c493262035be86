import { Ledger, abortedKey, foreignTag, keeps, keyOf, lineOf } from './kafka-ledger.js';

const ids = Array.from({ length: 2000 }, (_, id) => id);
const kept = ids.filter(keeps);

function ledger(came: readonly number[]): Ledger {
  const out = new Ledger();
  for (const id of ids) out.in(keyOf(id), lineOf(id));
  for (const id of came) out.out(keyOf(id), `a|${lineOf(id)}`);
  return out;
}

describe('the check of what comes out of Kafka', () => {
  it('takes rows in the order of their keys, whatever the order of the keys', () => {
    const turned = [...kept].sort((a, b) => (a % 193) - (b % 193) || a - b);
    expect(ledger(turned).complaint('a', 'all')).toBeUndefined();
    expect(ledger(turned).rowsOf('a')).toBe(kept.length);
  });

  it('takes a beginning, but not for all', () => {
    const some = ledger(kept.slice(0, 1000));
    expect(some.complaint('a', 'some')).toBeUndefined();
    expect(some.complaint('a', 'all')).toMatch(/missing/);
    expect(ledger([]).complaint('a', 'all')).toMatch(/all \d+ rows are missing/);
  });

  const hasKey = kept.filter((id) => keyOf(id) === 'k5');
  const [first, second] = hasKey as [number, number];
  const swapped = kept.map((id) => (id === first ? second : id === second ? first : id));
  const keyless = kept.find((id) => keyOf(id) === null)!;

  it.each<[string, readonly number[], RegExp]>([
    ['a row twice', [...kept, 1], /1 are twice/],
    ['a row twice at once', kept.flatMap((id) => (id === 500 ? [id, id] : [id])), /1 are twice/],
    ['a row without a key twice', [...kept, keyless], /key '': .* 1 are twice/],
    ['a row missing', kept.filter((id) => id !== 999), /1 are missing/],
    ['a row without a key missing', kept.filter((id) => id !== keyless), /key '': .* 1 are missing/],
    ['two rows in the wrong order', swapped, /the order is another/],
    ['a row that was left out', [...kept, 7], /1 are twice/],
  ])('sees %s', (_, came, symptom) => {
    expect(ledger(came).complaint('a', 'all')).toMatch(symptom);
  });

  it('sees an order that is wrong before everything is there', () => {
    expect(ledger(swapped.slice(0, 1500)).complaint('a', 'some')).toMatch(/order|twice/);
  });

  it('sees what was never committed, and what is no row; others may write', () => {
    const aborted = ledger(kept);
    aborted.out(abortedKey, 'a|1|x');
    expect(aborted.complaint('a', 'some')).toMatch(/aborted/);
    const torn = ledger(kept);
    torn.out('k1', 'a|150');
    expect(torn.complaint('a', 'some')).toMatch(/has a\|150/);
    const foreign = ledger(kept);
    foreign.out('anything', `${foreignTag}|1`);
    expect(foreign.complaint('a', 'all')).toBeUndefined();
  });
});
