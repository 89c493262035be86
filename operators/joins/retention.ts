import { SluiceError } from '../../lib/errors/index.js';
import type { JoinCondition, JoinInputs, Side } from './condition.js';
import type { JoinKind } from './types.js';
import { isOuter } from './types.js';
import { type TimeBound, stateWatermark, timeBounds } from './watermark.js';
import type { Retention } from './joined-batches.js';

/** The columns of the sides that carry event time. */
export type JoinTimes = Readonly<Record<Side, { readonly name: string } | undefined>>;

/** When rows of each side can be given up, if ever. */
export function retentionOf(
  condition: JoinCondition,
  inputs: JoinInputs,
  times: JoinTimes,
  timeZone: string,
): Readonly<Record<Side, Retention | undefined>> {
  const index = timeKey(condition, inputs, times);
  if (index >= 0) return { left: { by: 'key', index }, right: { by: 'key', index } };
  const of = (side: Side): Retention | undefined => {
    if (times[side] === undefined) return undefined;
    const bounds = boundsOf(side, condition, inputs, times, timeZone);
    if (bounds.length === 0) return undefined;
    return { by: 'column', index: columnOf(inputs, side, times), watermark: (mark) => stateWatermark(bounds, mark) };
  };
  return { left: of('left'), right: of('right') };
}

/**
 * Refuses what would wait for ever to say what does not match: the side whose rows come out needs an end, which the
 * watermark of the other says.
 */
export function checkBounded(
  kind: JoinKind,
  condition: JoinCondition,
  inputs: JoinInputs,
  times: JoinTimes,
  timeZone: string,
): void {
  if (kind === 'inner' || timeKey(condition, inputs, times) >= 0) return;
  const bounded = (side: Side): boolean => boundsAnywhere(side, condition, inputs, times, timeZone);
  const left = (kind === 'semi' || isOuter(kind, 'left')) && bounded('left');
  const right = isOuter(kind, 'right') && bounded('right');
  if (left || right) return;
  const [a, b] = inputs.as;
  const [side, other] = kind === 'right' ? ['right', 'left'] : ['left', 'right'];
  const message =
    `join: that a row of the ${side} side matches nothing is known when the watermark of the ${other} side has passed ` +
    'whatever could match it, and here nothing says when that is. Put withWatermark above both sides, and a range of ' +
    `their times into the condition, such as ${b}.at BETWEEN ${a}.at AND ${a}.at + INTERVAL 1 HOUR; or join on the ` +
    'times, or on windows of them.';
  throw new SluiceError('UNSUPPORTED_PIPELINE', message);
}

/** Which of the keys carries event time; -1: none. */
function timeKey({ keys }: JoinCondition, { left, right }: JoinInputs, times: JoinTimes): number {
  const width = left.fields.length;
  const at = (side: Side): number =>
    keys.findIndex((key) => {
      const bound = key[side];
      if (bound.kind !== 'input' || times[side] === undefined) return false;
      const name = side === 'left' ? left.fields[bound.index]!.name : right.fields[bound.index - width]!.name;
      return name === times[side].name;
    });
  return at('left') >= 0 ? at('left') : at('right');
}

const columnOf = (inputs: JoinInputs, side: Side, times: JoinTimes): number =>
  inputs[side].fields.findIndex((f) => f.name === times[side]?.name);

function boundsOf(
  side: Side,
  condition: JoinCondition,
  inputs: JoinInputs,
  times: JoinTimes,
  timeZone: string,
): readonly TimeBound[] {
  const other = side === 'left' ? 'right' : 'left';
  if (times[other] === undefined) return [];
  return timeBounds(
    condition.terms,
    slotOf(inputs, side, columnOf(inputs, side, times)),
    slotOf(inputs, other, columnOf(inputs, other, times)),
    timeZone,
  );
}

/** Whether some time of a side is bounded by the watermark of the other: as Spark asks for it, any column will do. */
function boundsAnywhere(
  side: Side,
  condition: JoinCondition,
  inputs: JoinInputs,
  times: JoinTimes,
  timeZone: string,
): boolean {
  return inputs[side].fields.some(
    (f) =>
      f.type.kind === 'timestamp' &&
      boundsOf(side, condition, inputs, { ...times, [side]: { name: f.name } }, timeZone).length > 0,
  );
}

const slotOf = ({ left }: JoinInputs, side: Side, column: number): number =>
  side === 'left' ? column : left.fields.length + column;
