import type { Json } from '../batch/index.js';
import { SluiceError } from '../errors/index.js';
import type { QueryState, StateCell } from './state.js';

/** How the watermarks of several operators become that of the query. */
export type WatermarkPolicy = 'min' | 'max';

/** The event times of the rows of a batch, in milliseconds since the epoch. */
export interface EventTimes {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
}

export interface WatermarkDefinition {
  readonly name: string;
  /** In milliseconds. */
  readonly delay: number;
  /** Without rows for so many milliseconds it no longer holds back the others. */
  readonly idleAfter: number | undefined;
  readonly policy: WatermarkPolicy | undefined;
}

/** An operator's part in the watermark of its query. */
export interface WatermarkSeat {
  /** Says what the batch in hand held. */
  report(times: EventTimes): void;
  release(): void;
}

/** What is kept with each commit: the same after a restart. */
interface Kept {
  /** The watermark of the batch that was committed last. */
  readonly previous: number;
  /** By operator: its own watermark, and when a batch had rows for it last. */
  readonly operators: Readonly<Record<string, { readonly at: number | null; readonly seen: number }>>;
}

/** The state's name; names that users give cannot begin like this. */
const cellName = '#watermark';

/** The watermark of a query: what its operators have seen, kept from batch to batch, and never going back. */
export class Watermarks {
  private readonly definitions = new Map<string, WatermarkDefinition>();
  private readonly batch = new Map<string, EventTimes>();
  private cell: StateCell<Json> | undefined;

  constructor(private readonly state: QueryState) {}

  get used(): boolean {
    return this.definitions.size > 0;
  }

  add(definition: WatermarkDefinition): WatermarkSeat {
    const { policy } = definition;
    const other = [...this.definitions.values()].find((one) => one.policy !== undefined && one.policy !== policy);
    if (policy !== undefined && other !== undefined) {
      const message = `withWatermark: a query has one multipleWatermarkPolicy; this one has '${other.policy!}' and '${policy}'.`;
      throw new SluiceError('UNSUPPORTED_PIPELINE', message);
    }
    let { name } = definition;
    for (let n = 2; this.definitions.has(name); n++) name = `${definition.name}#${n}`;
    this.definitions.set(name, definition);
    this.cell ??= this.state.cell<Json>(cellName, { previous: 0, operators: {} } satisfies Kept);
    return {
      report: (times) => this.batch.set(name, times),
      release: () => this.definitions.delete(name),
    };
  }

  private get kept(): Kept {
    return (this.cell?.value ?? { previous: 0, operators: {} }) as unknown as Kept;
  }

  /** The watermark of the batch before the next one: what is older than it came too late. */
  get previous(): number | null {
    return this.used ? this.kept.previous : null;
  }

  /** The event times of the batch in hand, as the first operator saw them that had rows; undefined without rows. */
  get eventTimes(): EventTimes | undefined {
    const first = [...this.definitions.keys()].find((name) => this.batch.has(name));
    return first === undefined ? undefined : this.batch.get(first);
  }

  /** The batch in hand was planned at `timestamp` with the watermark `current`: gives that of the next one. */
  stage(timestamp: number, current: number | null): number | null {
    if (!this.used) return current;
    const operators = this.after(timestamp);
    this.cell!.stage({ previous: current ?? 0, operators } satisfies Kept);
    return this.chosen(operators, timestamp, current ?? 0);
  }

  /** The batch in hand is through, or forgotten. */
  clear(): void {
    this.batch.clear();
  }

  /** Whether a batch without data at this time would move the watermark, because an operator has become idle. */
  wantsBatch(now: number, current: number | null): boolean {
    const some = [...this.definitions.values()].some(({ idleAfter }) => idleAfter !== undefined);
    return some && this.chosen(this.kept.operators, now, current ?? 0) > (current ?? 0);
  }

  /** When an operator becomes idle next. */
  nextDue(now: number): number | undefined {
    const due = [...this.definitions].flatMap(([name, { idleAfter }]) => {
      const seen = this.kept.operators[name]?.seen;
      return idleAfter === undefined || seen === undefined || seen + idleAfter <= now ? [] : [seen + idleAfter];
    });
    return due.length === 0 ? undefined : Math.min(...due);
  }

  private after(timestamp: number): Kept['operators'] {
    const before = this.kept.operators;
    const operators: Record<string, { at: number | null; seen: number }> = { ...before };
    for (const [name, { delay }] of this.definitions) {
      const times = this.batch.get(name);
      const known = before[name];
      if (times === undefined) operators[name] = known ?? { at: null, seen: timestamp };
      else operators[name] = { at: Math.max(known?.at ?? -Infinity, times.max - delay), seen: timestamp };
    }
    return operators;
  }

  private chosen(operators: Kept['operators'], now: number, current: number): number {
    const policies = [...this.definitions.values()].flatMap(({ policy }) => policy ?? []);
    const values = [...this.definitions].flatMap(([name, { idleAfter }]) => {
      const { at, seen } = operators[name] ?? { at: null, seen: now };
      const idle = idleAfter !== undefined && now - seen >= idleAfter;
      return idle ? [] : [at ?? 0];
    });
    if (values.length === 0) return current;
    return Math.max(current, policies[0] === 'max' ? Math.max(...values) : Math.min(...values));
  }
}
