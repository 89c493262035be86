import { SluiceError } from '../errors/index.js';
import { type Duration, duration, flag, parseOptions } from '../options/index.js';

/** When batches start. Exactly one of these; without a trigger, as fast as data comes. */
export type TriggerOptions =
  | {
      readonly processingTime: Duration;
      /**
       * How long a batch is to take, about. How much one holds is then found by measuring: a backlog is taken in pieces
       * that take so long each, whatever the speed of the sink. Default: as much as the sources and the engine allow.
       */
      readonly target?: Duration;
      /**
       * Whether a batch may run although there is no data, since the watermark has moved or time has passed and state is
       * to be emitted. If not, that waits for the next data. `spark.sql.streaming.noDataMicroBatches.enabled` of Spark.
       * Default true.
       */
      readonly noDataBatches?: boolean;
    }
  | { readonly once: true }
  | {
      readonly availableNow: true;
      /** As with `processingTime`. */
      readonly noDataBatches?: boolean;
    }
  | { readonly continuous: Duration };

/** What triggers have in common: whether batches without data may run, if not by default. */
interface Every {
  readonly noDataBatches?: false;
}

export type Trigger = Every &
  (
    | { readonly kind: 'asap'; readonly target?: number }
    | { readonly kind: 'processingTime'; readonly interval: number; readonly target?: number }
    | { readonly kind: 'once' }
    | { readonly kind: 'availableNow' }
    | { readonly kind: 'continuous'; readonly interval: number }
  );

const spec = {
  processingTime: duration(),
  target: duration(),
  once: flag(false),
  availableNow: flag(false),
  continuous: duration(),
  noDataBatches: flag(true),
};

export function parseTrigger(options: TriggerOptions): Trigger {
  const { processingTime, target, once, availableNow, continuous, noDataBatches } = parseOptions(
    'trigger',
    options,
    spec,
  );
  const given: Trigger[] = [];
  if (processingTime !== undefined) {
    const aim = target === undefined ? {} : { target };
    given.push(
      processingTime === 0 ? { kind: 'asap', ...aim } : { kind: 'processingTime', interval: processingTime, ...aim },
    );
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
  if (target !== undefined && (target < 1 || processingTime === undefined)) {
    const message = 'trigger: target goes with processingTime, and is at least 1 millisecond.';
    throw new SluiceError('INVALID_OPTION', message);
  }
  if (noDataBatches) return trigger;
  if (processingTime !== undefined || availableNow) return { ...trigger, noDataBatches };
  throw new SluiceError('INVALID_OPTION', 'trigger: noDataBatches goes with processingTime or availableNow.');
}

export function describeTrigger(trigger: Trigger): string {
  const when = 'interval' in trigger ? `${trigger.kind} ${trigger.interval} ms` : trigger.kind;
  const aim = 'target' in trigger ? `, batches of ${trigger.target} ms` : '';
  return `${when}${aim}${trigger.noDataBatches === false ? ', none without data' : ''}`;
}

/** The first instant of the grid after `now`: the grid is aligned to the epoch, so restarts keep it. */
export function nextTick(now: number, interval: number): number {
  return Math.floor(now / interval) * interval + interval;
}
