import { FixedColumn, StructColumn } from '../../columns/index.js';
import type { StructType } from '../../schema/index.js';
import type { GroupState } from './states.js';

/** A session of a group, in microseconds, and the state of its aggregates. */
export interface Session {
  readonly start: bigint;
  /** Not part of it. */
  readonly end: bigint;
  readonly state: GroupState;
}

/**
 * Makes one of sessions that overlap or touch. They come out by their starts; what is merged is merged in that order,
 * of those that start together in the order in which they are given.
 */
export function joinSessions(
  sessions: readonly Session[],
  merged: (before: GroupState, after: GroupState) => GroupState,
): readonly Session[] {
  const sorted = [...sessions].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const out: Session[] = [];
  for (const next of sorted) {
    const last = out.at(-1);
    if (last === undefined || next.start > last.end) {
      out.push(next);
      continue;
    }
    const end = next.end > last.end ? next.end : last.end;
    out[out.length - 1] = { start: last.start, end, state: merged(last.state, next.state) };
  }
  return out;
}

/** The windows of sessions. */
export function sessionColumn(type: StructType, sessions: readonly Session[]): StructColumn {
  const [start, end] = type.fields;
  return new StructColumn(type, sessions.length, [
    new FixedColumn(
      start!.type,
      BigInt64Array.from(sessions, (session) => session.start),
    ),
    new FixedColumn(
      end!.type,
      BigInt64Array.from(sessions, (session) => session.end),
    ),
  ]);
}

/** The sessions that rows of windows are, with a state for each. */
export function sessionsOf(windows: StructColumn, states: readonly GroupState[]): readonly Session[] {
  const [starts, ends] = windows.children.map((child) => (child as FixedColumn).values as BigInt64Array);
  return states.map((state, i) => ({ start: starts![i]!, end: ends![i]!, state }));
}
