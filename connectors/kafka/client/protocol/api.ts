import type { Reader, Writer } from './wire.js';

/** One kind of request, as it is written and its answer read. */
export interface Api<Request, Answer> {
  readonly name: string;
  readonly key: number;
  /** The versions that are spoken, the oldest and the newest. */
  readonly versions: readonly [number, number];
  /** From which version on lengths are varints and structures have tagged fields. Default: none of them. */
  readonly flexible?: number;
  readonly write: (to: Writer, request: Request, version: number) => void;
  readonly read: (from: Reader, version: number) => Answer;
}

/** Versions of each kind of request that a broker speaks. */
export type Spoken = ReadonlyMap<number, readonly [number, number]>;

/** The newest version that both sides speak, undefined if there is none. */
export function versionFor(api: Api<never, unknown>, spoken: Spoken): number | undefined {
  const [oldest, newest] = spoken.get(api.key) ?? [0, -1];
  const version = Math.min(newest, api.versions[1]);
  return version >= Math.max(oldest, api.versions[0]) ? version : undefined;
}

export const isFlexible = (api: Api<never, unknown>, version: number): boolean => version >= (api.flexible ?? Infinity);
