import type { Value } from '../values.js';

/** How casts go. */
export interface CastOptions {
  /** An error for what cannot be cast (Spark's default), or null and wrapping around. */
  readonly ansi: boolean;
  /** The time zone of the session. */
  readonly zone: string;
  /** `TRY_CAST`: as with ANSI, but null for what cannot be cast, also inside arrays, maps and structs. */
  readonly try?: boolean;
}

/** Casts a value that is not missing. What it takes follows from the type. */
export type Convert = (value: never) => Value;

/** A cast of one value; null stays null. */
export type CastFunction = (value: Value) => Value;
