/** The offset of a region from `from` (inclusive) until `until` (exclusive), in seconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly until: number;
  /** Seconds east of Greenwich. */
  readonly offset: number;
}

/** About a year: what is asked of `Intl` at once, and kept. */
const BLOCK = 31_556_952;
/** Every eighth day is looked at: no two changes of an offset have ever followed each other closer. */
const PROBES = 46;
const SECONDS_PER_ERA = 146_097 * 86_400;
/** 1800: before it every region has its local mean time. */
const FIRST = -5_364_662_400;
/** 2400: the rules repeat with the calendar, every 400 years. */
const LAST = 13_569_465_600;

/** Offsets of a region of the time zone database, read from `Intl` once and then looked up. */
export class Transitions {
  private readonly format: Intl.DateTimeFormat;
  private readonly blocks = new Map<number, readonly Span[]>();

  constructor(zone: string) {
    this.format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  }

  /** The span around `second`. Spans of one offset that meet at the end of a block are not joined. */
  spanAt(second: number): Span {
    if (second < FIRST) return this.firstSpan();
    if (second >= LAST) return this.laterSpan(second);
    const index = Math.floor(second / BLOCK);
    let spans = this.blocks.get(index);
    if (spans === undefined) this.blocks.set(index, (spans = this.read(index * BLOCK)));
    let i = 0;
    while (second >= spans[i]!.until) i++;
    return spans[i]!;
  }

  private first: Span | undefined;

  private firstSpan(): Span {
    return (this.first ??= { from: -Infinity, until: FIRST, offset: this.ask(FIRST - 1) });
  }

  private laterSpan(second: number): Span {
    const shift = Math.floor((second - LAST) / SECONDS_PER_ERA + 1) * SECONDS_PER_ERA;
    const { from, until, offset } = this.spanAt(second - shift);
    return { from: from + shift, until: until + shift, offset };
  }

  private read(from: number): Span[] {
    const spans: Span[] = [];
    let start = from;
    let at = from;
    let offset = this.ask(from);
    for (let i = 1; i <= PROBES; i++) {
      const next = from + Math.round((BLOCK * i) / PROBES);
      const there = this.ask(next);
      if (there !== offset) {
        const change = this.change(at, next, offset);
        spans.push({ from: start, until: change, offset });
        start = change;
        offset = there;
      }
      at = next;
    }
    if (start < from + BLOCK) spans.push({ from: start, until: from + BLOCK, offset });
    return spans;
  }

  /** The first second after `from` at which the offset is no longer `before`; at `to` it is not. */
  private change(from: number, to: number, before: number): number {
    while (to - from > 1) {
      const middle = Math.floor((from + to) / 2);
      if (this.ask(middle) === before) from = middle;
      else to = middle;
    }
    return to;
  }

  private ask(second: number): number {
    const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(this.format.format(second * 1000));
    if (match?.[1] === undefined) return 0;
    const total = Number(match[2]) * 3600 + Number(match[3]) * 60 + Number(match[4] ?? 0);
    return match[1] === '-' ? -total : total;
  }
}
