import type { Bound } from '../../lib/expressions/bound.js';
import type { CalendarInterval } from '../../lib/expressions/values.js';

/**
 * From when on rows of a side may still match, as the condition says it: `time > other + offset`, where `other` is an
 * event time of the other side. In microseconds.
 */
export interface TimeBound {
  /** How much a microsecond of the other side's time counts. */
  readonly factor: number;
  readonly offset: number;
  /** Whether the bound itself may match. */
  readonly inclusive: boolean;
}

/**
 * The lower bounds of the time in slot `time` that the terms of a condition give in terms of the time in slot `other`.
 * A term that says something of any other column says nothing here.
 */
export function timeBounds(terms: readonly Bound[], time: number, other: number, timeZone: string): TimeBound[] {
  return terms.flatMap((term) => boundIn(term, time, other, timeZone) ?? []);
}

/**
 * Up to when, in milliseconds, rows of the side can no longer match where the watermark of the other side is
 * `watermark`. As in Spark it is the least that any of the bounds says.
 */
export function stateWatermark(bounds: readonly TimeBound[], watermark: number): number {
  const marks = bounds.map(({ factor, offset, inclusive }) => {
    const micros = factor * watermark * 1000 + offset;
    return Math.floor((inclusive ? micros - 1 : micros) / 1000);
  });
  return Math.min(...marks);
}

function boundIn(term: Bound, time: number, other: number, timeZone: string): TimeBound | undefined {
  if (term.kind !== 'call' || term.args.length !== 2) return undefined;
  const [a, b] = term.args as readonly [Bound, Bound];
  const below = term.name === '<' || term.name === '<=';
  if (!below && term.name !== '>' && term.name !== '>=') return undefined;
  const less = linear(below ? a : b, timeZone);
  const more = linear(below ? b : a, timeZone);
  if (less === undefined || more === undefined) return undefined;
  // more - less > 0
  const { terms, offset, slack } = combined(more, less, -1);
  const own = terms.get(time) ?? 0;
  if (own <= 0 || [...terms].some(([slot, factor]) => slot !== time && slot !== other && factor !== 0))
    return undefined;
  return {
    factor: -(terms.get(other) ?? 0) / own,
    offset: (-offset - slack) / own,
    inclusive: term.name.endsWith('='),
  };
}

/** A sum of columns of times, each with a factor, and a constant; off by `slack` at most. */
interface Linear {
  readonly terms: ReadonlyMap<number, number>;
  readonly offset: number;
  readonly slack: number;
}

const constant = (offset: number): Linear => ({ terms: new Map(), offset, slack: 0 });

const second = 1_000_000;
const hour = 3600 * second;
const day = 24 * hour;

function linear(bound: Bound, timeZone: string): Linear | undefined {
  if (bound.kind === 'input') {
    return bound.type.kind === 'timestamp' ? { terms: new Map([[bound.index, 1]]), offset: 0, slack: 0 } : undefined;
  }
  if (bound.kind === 'literal') return literal(bound.value, bound.type);
  if (bound.kind !== 'call') return undefined;
  const { name, args } = bound;
  if (name === 'cast') return cast(bound.type, args[0]!, timeZone);
  if (name !== '+' && name !== '-' && name !== 'negative') return undefined;
  const parts = args.map((arg) => linear(arg, timeZone));
  const [a, b] = name === 'negative' ? [constant(0), parts[0]] : parts;
  if (a === undefined || b === undefined) return undefined;
  const sum = combined(a, b, name === '+' ? 1 : -1);
  return { ...sum, slack: sum.slack + calendarSlack(bound, b, timeZone) };
}

/** In a zone with summer time days are up to two hours longer or shorter, and differences are of local times. */
function calendarSlack({ type }: Bound, added: Linear, timeZone: string): number {
  if (timeZone === 'UTC') return 0;
  const differs = type.kind === 'day_time_interval' && added.terms.size > 0;
  const days = type.kind === 'timestamp' && Math.abs(added.offset) >= day;
  return differs || days ? 2 * hour : 0;
}

function combined(a: Linear, b: Linear, sign: 1 | -1): Linear {
  const terms = new Map(a.terms);
  for (const [slot, factor] of b.terms) terms.set(slot, (terms.get(slot) ?? 0) + sign * factor);
  return { terms, offset: a.offset + sign * b.offset, slack: a.slack + b.slack };
}

/** As numbers times are seconds; as whole ones those are cut off. */
function cast(to: Bound['type'], child: Bound, timeZone: string): Linear | undefined {
  const of = linear(child, timeZone);
  if (of === undefined || !isNumber(to)) return undefined;
  const whole = !isFraction(to) && !(isNumber(child.type) && !isFraction(child.type));
  const slack = of.slack + (whole && of.terms.size > 0 ? second : 0);
  return { ...of, slack };
}

const isFraction = ({ kind }: Bound['type']): boolean => kind === 'float' || kind === 'double' || kind === 'decimal';
const isNumber = (type: Bound['type']): boolean =>
  isFraction(type) || ['byte', 'short', 'int', 'long'].includes(type.kind);

/** Numbers stand for seconds. */
function literal(value: unknown, type: Bound['type']): Linear | undefined {
  if (value === null) return undefined;
  if (type.kind === 'timestamp' || type.kind === 'day_time_interval') return constant(Number(value));
  if (type.kind === 'calendar_interval') {
    const { months, days, micros } = value as CalendarInterval;
    return months === 0 ? constant(days * day + Number(micros)) : undefined;
  }
  if (type.kind === 'decimal') return constant((Number(value) / 10 ** type.scale) * second);
  return isNumber(type) ? constant(Number(value) * second) : undefined;
}
