import { failed } from '../expressions/errors.js';
import { Transitions } from './zone-transitions.js';
import type { Span } from './zone-transitions.js';
import { parseOffset, regionName, shortIds } from './zone-ids.js';

/** Seconds by which an offset may differ from UTC: no wall clock is further from it. */
const MAX_OFFSET = 18 * 3600;

/** A time zone. Instants and local times are whole seconds since 1970-01-01 (of UTC, of the wall clock). */
export interface Zone {
  /** As Java prints it: `Europe/Paris`, `+08:00`, `UTC+01:30`, `Z`. */
  readonly id: string;
  /** Seconds east of Greenwich, if it never changes. */
  readonly fixed: number | undefined;
  /** The name under which `Intl` knows it; undefined for an offset. */
  readonly region: string | undefined;
  /** Seconds east of Greenwich at an instant. */
  offsetAt(second: number): number;
  /**
   * The instant of a local time. One that the clock skips is moved forward by as much as it skips; of one that it
   * shows twice, the earlier is taken, unless the later has the offset `preferred`.
   */
  instantOf(local: number, preferred?: number): number;
  /** The first instant of the day that begins at the local time `midnight`. */
  startOfDay(midnight: number): number;
}

class FixedZone implements Zone {
  constructor(
    readonly id: string,
    readonly fixed: number,
    readonly region: string | undefined,
  ) {}

  offsetAt(_second: number): number {
    return this.fixed;
  }

  instantOf(local: number): number {
    return local - this.fixed;
  }

  startOfDay(midnight: number): number {
    return midnight - this.fixed;
  }
}

class RegionZone implements Zone {
  readonly fixed = undefined;
  private readonly transitions: Transitions;
  /** Where the last answer was found: neighbours in time are mostly neighbours in the data. */
  private span: Span;

  constructor(
    readonly id: string,
    readonly region: string,
  ) {
    this.transitions = new Transitions(region);
    this.span = this.transitions.spanAt(0);
  }

  offsetAt(second: number): number {
    let span = this.span;
    if (second < span.from || second >= span.until) this.span = span = this.transitions.spanAt(second);
    return span.offset;
  }

  instantOf(local: number, preferred?: number): number {
    const span = this.span;
    if (local - MAX_OFFSET >= span.from && local + MAX_OFFSET < span.until) return local - span.offset;
    const before = this.offsetAt(local - MAX_OFFSET);
    const after = this.offsetAt(local + MAX_OFFSET);
    if (before === after) return local - before;
    if (preferred === after && this.shows(local, after)) return local - after;
    if (this.shows(local, before)) return local - before;
    return this.shows(local, after) ? local - after : local - before;
  }

  startOfDay(midnight: number): number {
    const instant = this.instantOf(midnight);
    const offset = this.offsetAt(instant);
    if (instant + offset === midnight) return instant;
    // Midnight is skipped: the day begins where the clock was put forward.
    let change = this.transitions.spanAt(midnight - offset).until;
    while (this.offsetAt(change) !== offset) change = this.span.until;
    return change;
  }

  /** Whether the clock shows `local` while it has this offset. */
  private shows(local: number, offset: number): boolean {
    return this.offsetAt(local - offset) === offset;
  }
}

export const UTC: Zone = new FixedZone('UTC', 0, 'UTC');

const known = new Map<string, Zone>([['UTC', UTC]]);
const unknown = new Set<string>();

/** The zone of an id in any form that Java takes, and as Spark takes it (`+8:00`, `+08:5`); undefined if there is none. */
export function findZone(id: string): Zone | undefined {
  const found = known.get(id);
  if (found !== undefined || unknown.has(id)) return found;
  const zone = read(id);
  if (zone !== undefined) known.set(id, zone);
  // Ids may come from data, and there is no end of those that mean nothing.
  else if (unknown.size < 1000) unknown.add(id);
  return zone;
}

/** As `findZone`. @throws ExpressionError INVALID_TIMEZONE if there is none. */
export function zoneOf(id: string): Zone {
  const zone = findZone(id);
  if (zone !== undefined) return zone;
  throw failed(
    'INVALID_TIMEZONE',
    `There is no time zone '${id}'. Give a region such as Europe/Zurich, or an offset such as +02:00.`,
  );
}

function read(text: string): Zone | undefined {
  const padded = text.replace(/([+-])(\d):/, '$10$2:').replace(/([+-])(\d\d):(\d)$/, '$1$2:0$3');
  const id = shortIds.get(padded) ?? padded;
  if (id === 'Z' || /^[+-]/.test(id)) return offsetZone('', id);
  const prefixed = /^(UTC|GMT|UT)(?=[+-]|$)(.*)$/.exec(id);
  if (prefixed !== null) return offsetZone(prefixed[1]!, prefixed[2]!);
  const region = regionName(id);
  if (region === undefined) return undefined;
  return region === 'UTC' ? new FixedZone(id, 0, region) : new RegionZone(id, region);
}

function offsetZone(prefix: string, text: string): Zone | undefined {
  const offset = text === '' || text === 'Z' ? 0 : parseOffset(text);
  if (offset === undefined) return undefined;
  const id = offset === 0 ? prefix || 'Z' : prefix + offsetId(offset);
  return new FixedZone(id, offset, prefix !== '' && offset === 0 ? 'UTC' : undefined);
}

/** `+01:30`, with seconds where it has some. */
export function offsetId(offset: number): string {
  const abs = Math.abs(offset);
  const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);
  const seconds = abs % 60;
  const minutes = `${two(Math.floor(abs / 3600))}:${two(Math.floor(abs / 60) % 60)}`;
  return `${offset < 0 ? '-' : '+'}${minutes}${seconds === 0 ? '' : `:${two(seconds)}`}`;
}

/** The zone of a number of seconds east of Greenwich; undefined beyond 18 hours. */
export const zoneOfOffset = (offset: number): Zone | undefined =>
  Math.abs(offset) > MAX_OFFSET ? undefined : offset === 0 ? findZone('Z') : findZone(offsetId(offset));
