const titles: Readonly<Record<string, string>> = {
  Ǆ: 'ǅ',
  ǆ: 'ǅ',
  Ǉ: 'ǈ',
  ǉ: 'ǈ',
  Ǌ: 'ǋ',
  ǌ: 'ǋ',
  Ǳ: 'ǲ',
  ǳ: 'ǲ',
};

/** The first letter after each space large, all others small. */
export function capitalizeWords(text: string): string {
  const lower = text.toLowerCase();
  // Lower case of one character may be several, so that places in `lower` are no places in `text`.
  return lower.replace(/(?<=^| )[^ ]/gu, (c) => titleOf(c));
}

/** Of one character: capital letters of several characters, and Georgian ones, begin no word. */
function titleOf(c: string): string {
  const upper = titles[c] ?? c.toUpperCase();
  return upper.length === c.length && !/\p{Script=Georgian}/u.test(c) ? upper : c;
}

/** The digits of soundex by letter; 0 separates, 7 does not. */
const codes = '01230127022455012623017202';

/** The code of how an English word sounds, such as `M240`; what does not begin with a letter comes back as it is. */
export function soundex(word: string): string {
  const first = letterAt(word, 0);
  if (first < 0) return word;
  let out = String.fromCharCode(65 + first);
  let last = codes[first]!;
  for (let i = 1; i < word.length && out.length < 4; i++) {
    const letter = letterAt(word, i);
    const code = letter < 0 ? '0' : codes[letter]!;
    if (code === '7') continue;
    if (code !== '0' && code !== last) out += code;
    last = code;
  }
  return out.padEnd(4, '0');
}

function letterAt(text: string, i: number): number {
  const code = text.charCodeAt(i) & ~0x20;
  return text.charCodeAt(i) < 0x80 && code >= 65 && code <= 90 ? code - 65 : -1;
}

/**
 * How many characters must be put in, taken out or changed to make `a` of `b`; -1 if more than `most`. With a small
 * `most` the work is proportional to it and the length of the texts, otherwise to the product of their lengths.
 */
export function levenshtein(a: string, b: string, most = Infinity): number {
  let [s, t] = [[...a], [...b]];
  if (s.length > t.length) [s, t] = [t, s];
  const [n, m] = [s.length, t.length];
  if (m - n > most) return -1;
  const costs = Int32Array.from({ length: n + 1 }, (_, i) => i);
  for (let j = 1; j <= m; j++) {
    // Off the diagonal by more than `most` nothing can be reached.
    const from = Math.max(1, j - most);
    const to = Math.min(n, j + most);
    let diagonal = costs[from - 1]!;
    costs[from - 1] = from === 1 ? j : FAR;
    for (let i = from; i <= to; i++) {
      const up = i === j + most ? FAR : costs[i]!;
      const change = diagonal + (s[i - 1] === t[j - 1] ? 0 : 1);
      diagonal = costs[i]!;
      costs[i] = Math.min(change, up + 1, costs[i - 1]! + 1);
    }
  }
  const distance = costs[n]!;
  return distance <= most ? distance : -1;
}

const FAR = 2 ** 30;

/** Each character of `from` becomes the one at the same place in `to`; those that have none there are taken out. */
export function translation(from: string, to: string): ReadonlyMap<string, string> {
  const targets = [...to];
  const out = new Map<string, string>();
  [...from].forEach((c, i) => {
    if (!out.has(c)) out.set(c, targets[i] === '\0' ? '' : (targets[i] ?? ''));
  });
  return out;
}

/** The words of each sentence, without what stands between them. */
export function sentences(text: string, locale: string): string[][] {
  if (segmenters?.locale !== locale) {
    const by = (granularity: 'sentence' | 'word') => new Intl.Segmenter(locale, { granularity });
    // Making them takes longer than using them.
    segmenters = { locale, sentence: by('sentence'), word: by('word') };
  }
  const { sentence, word } = segmenters;
  return [...sentence.segment(text)].map(({ segment }) =>
    [...word.segment(segment)].map((part) => part.segment).filter((part) => /^[\p{L}\p{Nd}]/u.test(part)),
  );
}

let segmenters:
  { readonly locale: string; readonly sentence: Intl.Segmenter; readonly word: Intl.Segmenter } | undefined;
