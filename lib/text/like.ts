import { failed } from '../expressions/errors.js';
import { hasBytesAt, indexOfBytes } from './bytes.js';
import { characterLength, encodeText } from './utf8.js';

/** In a segment: any one character. */
const ANY = -1;

/** A pattern of LIKE, ready to be compared with texts or their bytes in time proportional to their length. */
export interface LikePattern {
  readonly test: (text: string) => boolean;
  readonly testBytes: (bytes: Uint8Array, from: number, to: number) => boolean;
}

/**
 * Reads a pattern: `%` is any text, `_` any character, and `escape` before one of them or itself takes its meaning
 * away. Throws INVALID_FORMAT.ESC_AT_THE_END and INVALID_FORMAT.ESC_IN_THE_MIDDLE.
 */
export function compileLike(pattern: string, escape = '\\'): LikePattern {
  const segments = segmentsOf(pattern, escape);
  const [first, second, third] = segments;
  const plain = (segment: Segment | undefined): Uint8Array | undefined => segment?.literal;
  const empty = (segment: Segment | undefined) => segment?.units.length === 0;

  if (segments.length === 1 && plain(first)) return exactly(first!);
  if (segments.length === 2 && plain(first) && empty(second)) return prefix(first!);
  if (segments.length === 2 && empty(first) && plain(second)) return suffix(second!);
  if (segments.length === 3 && empty(first) && plain(second) && empty(third)) return containing(second!);
  return {
    test: (text) => {
      const bytes = encodeText(text);
      return matches(segments, bytes, 0, bytes.length);
    },
    testBytes: (bytes, from, to) => matches(segments, bytes, from, to),
  };
}

/** What stands between two `%`. */
interface Segment {
  readonly text: string;
  /** Bytes, and `ANY`. */
  readonly units: readonly number[];
  /** The bytes, if no `_` is among them. */
  readonly literal: Uint8Array | undefined;
}

function segmentsOf(pattern: string, escape: string): Segment[] {
  const segments: Segment[] = [];
  let text = '';
  let units: number[] = [];
  const add = (c: string) => {
    text += c;
    units.push(...encodeText(c));
  };
  const end = () => {
    segments.push({ text, units, literal: units.includes(ANY) ? undefined : Uint8Array.from(units) });
    text = '';
    units = [];
  };
  const characters = [...pattern];
  for (let i = 0; i < characters.length; i++) {
    const c = characters[i]!;
    if (c === escape) {
      const next = characters[++i];
      if (next === undefined) throw wrongEscape('AT_THE_END', pattern, 'has nothing after it that it could escape');
      if (next !== '%' && next !== '_' && next !== escape) {
        throw wrongEscape('IN_THE_MIDDLE', pattern, `may not stand before '${next}', only before '%', '_' and itself`);
      }
      add(next);
    } else if (c === '%') {
      // Several are as good as one.
      if (units.length > 0 || segments.length === 0) end();
    } else if (c === '_') units.push(ANY);
    else add(c);
  }
  end();
  return segments;
}

const wrongEscape = (where: string, pattern: string, why: string) =>
  failed(`INVALID_FORMAT.ESC_${where}`, `The escape character in the pattern '${pattern.slice(0, 200)}' ${why}.`);

const exactly = ({ text, literal }: Segment): LikePattern => ({
  test: (given) => given === text,
  testBytes: (bytes, from, to) => to - from === literal!.length && hasBytesAt(bytes, from, to, literal!),
});

const prefix = ({ text, literal }: Segment): LikePattern => ({
  test: (given) => given.startsWith(text),
  testBytes: (bytes, from, to) => hasBytesAt(bytes, from, to, literal!),
});

const suffix = ({ text, literal }: Segment): LikePattern => ({
  test: (given) => given.endsWith(text),
  testBytes: (bytes, from, to) => to - from >= literal!.length && hasBytesAt(bytes, to - literal!.length, to, literal!),
});

const containing = ({ text, literal }: Segment): LikePattern => ({
  test: (given) => given.includes(text),
  testBytes: (bytes, from, to) => indexOfBytes(bytes, from, to, literal!) >= 0,
});

/** The first segment stands at the beginning, the last at the end, each other at the first place that is left. */
function matches(segments: readonly Segment[], bytes: Uint8Array, from: number, to: number): boolean {
  const last = segments.length - 1;
  let p = matchAt(segments[0]!, bytes, from, to);
  if (last === 0) return p === to;
  for (let s = 1; s < last && p >= 0; s++) p = find(segments[s]!, bytes, p, to);
  return p >= 0 && matchBefore(segments[last]!, bytes, p, to);
}

/** A byte that is part of no character counts as one. */
const step = (bytes: Uint8Array, p: number, to: number): number => characterLength(bytes, p, to) || 1;

/** Where the segment ends if it begins at `p`, or -1. */
function matchAt({ units }: Segment, bytes: Uint8Array, p: number, to: number): number {
  for (const unit of units) {
    if (p >= to) return -1;
    if (unit === ANY) p += step(bytes, p, to);
    else if (bytes[p++] !== unit) return -1;
  }
  return p;
}

/** Where the segment ends for the first time in `bytes[from, to)`, or -1. */
function find(segment: Segment, bytes: Uint8Array, from: number, to: number): number {
  if (segment.literal !== undefined) {
    const at = indexOfBytes(bytes, from, to, segment.literal);
    return at < 0 ? -1 : at + segment.literal.length;
  }
  for (let p = from; p < to; p += step(bytes, p, to)) {
    const end = matchAt(segment, bytes, p, to);
    if (end >= 0) return end;
  }
  return -1;
}

/** Whether the segment ends at `to`, and begins at `from` or after it. */
function matchBefore({ units }: Segment, bytes: Uint8Array, from: number, to: number): boolean {
  let p = to;
  for (let u = units.length - 1; u >= 0; u--) {
    if (p <= from) return false;
    if (units[u] === ANY) p -= stepBack(bytes, from, p);
    else if (bytes[--p] !== units[u]) return false;
  }
  return true;
}

function stepBack(bytes: Uint8Array, from: number, p: number): number {
  for (let length = Math.min(4, p - from); length > 1; length--) {
    if (characterLength(bytes, p - length, p) === length) return length;
  }
  return 1;
}
