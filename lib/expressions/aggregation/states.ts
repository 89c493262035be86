import type { Column } from '../../columns/index.js';
import { type Field, field } from '../../schema/index.js';
import type { Value } from '../values.js';
import { columnOf } from '../vector.js';
import { ExpressionError, located } from '../errors.js';
import type { AggregateCall } from './calls.js';

/** The state of a group: those of all its aggregates, one after the other. Never changed once it is made. */
export type GroupState = readonly Value[];

/** The place of an aggregate in the state of a group. */
export interface Part {
  readonly call: AggregateCall;
  readonly from: number;
  readonly width: number;
  /** Its values can be changed in place, so that they have to be copied before. */
  readonly copied: boolean;
  readonly left: Value[];
  readonly right: Value[];
}

const isMutable = (kind: string): boolean => ['array', 'map', 'struct', 'binary'].includes(kind);

/** Puts the states of groups together. */
export class GroupStates {
  /** What a state holds, named after the aggregates. */
  readonly fields: readonly Field[];
  readonly parts: readonly Part[];
  private readonly width: number;

  constructor(calls: readonly AggregateCall[]) {
    let from = 0;
    this.parts = calls.map((call) => {
      const types = call.accumulator.state;
      const width = types.length;
      const copied = types.some(({ kind }) => isMutable(kind));
      const part = { call, from, width, copied, left: new Array<Value>(width), right: new Array<Value>(width) };
      from += width;
      return part;
    });
    this.width = from;
    this.fields = this.parts.flatMap(({ call: { text, accumulator } }, p) => {
      const again = calls.slice(0, p).filter((other) => other.text === text).length;
      const name = again === 0 ? text : `${text} #${again + 1}`;
      return accumulator.state.map((type, i) => field(accumulator.state.length === 1 ? name : `${name} [${i}]`, type));
    });
  }

  /** The state of a group without rows. It may be changed as long as nobody else has it. */
  fresh(): Value[] {
    const out = new Array<Value>(this.width);
    for (const { call, from, width } of this.parts) {
      const state = call.accumulator.init();
      for (let i = 0; i < width; i++) out[from + i] = state[i]!;
    }
    return out;
  }

  /** The state of what came first and of what came after it. `after` is no longer to be used. */
  merged(before: GroupState, after: GroupState): GroupState {
    const { parts, width: all } = this;
    const out = new Array<Value>(all);
    for (let p = 0; p < parts.length; p++) {
      const { call, from, width, copied, left, right } = parts[p]!;
      for (let i = 0; i < width; i++) {
        left[i] = copied ? copyOf(before[from + i]!) : before[from + i]!;
        right[i] = after[from + i]!;
      }
      try {
        call.accumulator.merge(left, right);
      } catch (error) {
        throw placed(error, call);
      }
      for (let i = 0; i < width; i++) out[from + i] = left[i]!;
    }
    return out;
  }

  /** A column for each aggregate: its results for these groups. */
  results(groups: readonly GroupState[]): readonly Column[] {
    return this.parts.map(({ call, from, width, left }) => {
      const values = running(call, () =>
        groups.map((state) => {
          for (let i = 0; i < width; i++) left[i] = state[from + i]!;
          return call.accumulator.finish(left);
        }),
      );
      return columnOf(call.type, values);
    });
  }
}

/** Runs a part of an aggregate: what it throws points at the call. */
export function running<T>(call: AggregateCall, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw placed(error, call);
  }
}

const placed = (error: unknown, { place }: AggregateCall): unknown =>
  error instanceof ExpressionError ? located(error, place) : error;

function copyOf(value: Value): Value {
  if (Array.isArray(value)) return (value as readonly Value[]).map(copyOf);
  return value instanceof Uint8Array ? value.slice() : value;
}
