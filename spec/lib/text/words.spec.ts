import fc from 'fast-check';
import { capitalizeWords, levenshtein, sentences, soundex, translation } from '../../../lib/text/index.js';

it('makes the first letter of each word large, others small', () => {
  expect(capitalizeWords('sPARK sql  a-b\tc')).toBe('Spark Sql  A-b\tc');
  expect(capitalizeWords('ǆ éA 😀b 1a')).toBe('ǅ Éa 😀b 1a');
});

it('gives the code of how a word sounds', () => {
  const words = ['Robert', 'Rupert', 'Rubin', 'Ashcraft', 'Tymczak', 'Pfister', 'Honeyman', 'a', "O'Hara", 'Éa', ''];
  expect(words.map(soundex)).toEqual(
    // After something that is no letter the same digit counts again.
    ['R163', 'R163', 'R150', 'A261', 'T522', 'P236', 'H555', 'A000', 'O600', 'Éa', ''],
  );
});

it('counts the changes from one text to another', () => {
  expect(levenshtein('kitten', 'sitting')).toBe(3);
  const texts = fc.array(fc.constantFrom('a', 'b', '😀'), { maxLength: 7 }).map((c) => c.join(''));
  fc.assert(
    fc.property(texts, texts, fc.integer({ min: -1, max: 8 }), (a, b, most) => {
      const distance = slow([...a], [...b]);
      expect(levenshtein(a, b)).toBe(distance);
      expect(levenshtein(a, b, most)).toBe(distance <= most ? distance : -1);
    }),
  );
});

/** By the definition. */
function slow(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return a.length + b.length;
  if (a[0] === b[0]) return slow(a.slice(1), b.slice(1));
  return 1 + Math.min(slow(a.slice(1), b), slow(a, b.slice(1)), slow(a.slice(1), b.slice(1)));
}

it('is quick about long texts that may differ in little', () => {
  const long = 'ab'.repeat(100_000);
  expect(levenshtein(long, `x${long}`, 2)).toBe(1);
});

it('translates each character by its first place', () => {
  expect([...translation('aab😀', 'xyz')]).toEqual([
    ['a', 'x'],
    ['b', 'z'],
    ['😀', ''],
  ]);
});

it('finds sentences and their words', () => {
  expect(sentences("Hi there! It's 5 o'clock.", 'en')).toEqual([
    ['Hi', 'there'],
    ["It's", '5', "o'clock"],
  ]);
  expect(sentences('', 'en')).toEqual([]);
});
