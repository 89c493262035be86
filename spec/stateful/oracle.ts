import type { Event } from './play.js';

/** What has to come out, worked out from all events at once, in a plain way. */

export interface Totals {
  readonly k: string | null;
  readonly begun: number;
  readonly n: number;
  readonly total: number;
}

/** Groups under texts, in the order in which they come up. */
export function grouped<T>(list: readonly T[], by: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of list) {
    const key = by(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

const sumOf = (events: readonly Event[]): number => events.reduce((sum, { v }) => sum + v, 0);

/** Sums by key and window of `width` milliseconds, one of which begins every `slide`. */
export function windows(events: readonly Event[], width: number, slide = width): Totals[] {
  const placed = events.flatMap((event) => {
    const last = Math.floor(event.at.getTime() / slide) * slide;
    return Array.from({ length: Math.ceil(width / slide) }, (_, i) => ({ event, begun: last - i * slide })).filter(
      ({ begun }) => event.at.getTime() < begun + width,
    );
  });
  return grouped(placed, ({ event, begun }) => JSON.stringify([event.k, begun])).map((group) => ({
    k: group[0]!.event.k,
    begun: group[0]!.begun,
    n: group.length,
    total: sumOf(group.map(({ event }) => event)),
  }));
}

/** Sums by key and session: events whose times are at most `gap` apart. */
export function sessions(events: readonly Event[], gap: number): Totals[] {
  return grouped(events, ({ k }) => JSON.stringify(k)).flatMap((ofKey) => {
    const sorted = [...ofKey].sort((a, b) => a.at.getTime() - b.at.getTime());
    let begun = 0;
    const placed = sorted.map((event, i) => {
      if (i === 0 || event.at.getTime() - sorted[i - 1]!.at.getTime() > gap) begun = event.at.getTime();
      return { event, begun };
    });
    return grouped(placed, (one) => String(one.begun)).map((group) => ({
      k: group[0]!.event.k,
      begun: group[0]!.begun,
      n: group.length,
      total: sumOf(group.map(({ event }) => event)),
    }));
  });
}

/** Pairs of events of one key, the right one at most `within` milliseconds after the left one. */
export function pairs(left: readonly Event[], right: readonly Event[], within: number): [Event, Event][] {
  return left.flatMap((l) =>
    right
      .filter((r) => l.k !== null && r.k === l.k && r.at >= l.at && r.at.getTime() <= l.at.getTime() + within)
      .map((r): [Event, Event] => [l, r]),
  );
}
