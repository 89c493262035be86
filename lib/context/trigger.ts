import { SluiceError } from '../errors/index.js';
import { type Duration, duration, flag, parseOptions } from '../options/index.js';

/** When batches start. Exactly one of these; without a trigger, as fast as data comes. */
export type TriggerOptions =
  | { readonly processingTime: Duration }
  | { readonly once: true }
  | { readonly availableNow: true }
  | { readonly continuous: Duration };

export type Trigger =
  | { readonly kind: 'asap' }
  | { readonly kind: 'processingTime'; readonly interval: number }
  | { readonly kind: 'once' }
  | { readonly kind: 'availableNow' }
  | { readonly kind: 'continuous'; readonly interval: number };

const spec = { processingTime: duration(), once: flag(false), availableNow: flag(false), continuous: duration() };

export function parseTrigger(options: TriggerOptions): Trigger {
  const { processingTime, once, availableNow, continuous } = parseOptions('trigger', options, spec);
  const given: Trigger[] = [];
  if (processingTime !== undefined) {
    given.push(processingTime === 0 ? { kind: 'asap' } : { kind: 'processingTime', interval: processingTime });
  }
  if (once) given.push({ kind: 'once' });
  if (availableNow) given.push({ kind: 'availableNow' });
  if (continuous !== undefined) {
    if (continuous < 1) throw new SluiceError('INVALID_OPTION', 'trigger: continuous must be at least 1 millisecond.');
    given.push({ kind: 'continuous', interval: continuous });
  }
  const [trigger, ...more] = given;
  if (trigger === undefined || more.length > 0) {
    const message = `trigger: give one of processingTime, once, availableNow and continuous; ${given.length} were given.`;
    throw new SluiceError('INVALID_OPTION', message);
  }
  return trigger;
}

export function describeTrigger(trigger: Trigger): string {
  return 'interval' in trigger ? `${trigger.kind} ${trigger.interval} ms` : trigger.kind;
}

/** The first instant of the grid after `now`: the grid is aligned to the epoch, so restarts keep it. */
export function nextTick(now: number, interval: number): number {
  return Math.floor(now / interval) * interval + interval;
}
