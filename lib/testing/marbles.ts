import { Observable, Subject, map, tap } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { MicroBatch } from '../batch/index.js';
import { Flow } from '../flow.js';
import type { BatchStream } from '../plan/index.js';
import {
  type AnyBatch,
  type BatchOptions,
  type MarbleRow,
  batch,
  copyOf,
  deliver,
  lateUseOf,
  settledOf,
  settlementOf,
} from './batch.js';
import { isExpectedError, same, sameRows, show, showError } from './compare.js';

/** When a subscription began and ended; `Infinity` if it did not. */
export interface SubscriptionFrames {
  readonly subscribedFrame: number;
  readonly unsubscribedFrame: number;
}

/** A batch that a source of a marble test delivered, and what became of it. */
interface Delivery {
  readonly marble: string;
  readonly batch: AnyBatch;
}

/**
 * A stream of batches drawn as marbles. Every delivery is a firing of its own: subscribed again (by `retry`), it
 * gives the same batches with new settlements, as a replay does.
 */
export class BatchMarbles<Row> extends Flow<Row> {
  /** For `expectSubscriptions`. */
  readonly subscriptions: SubscriptionFrames[] = [];
  /** @internal */
  readonly deliveries: Delivery[] = [];
  /** @internal In the order in which the batches were settled. */
  readonly settlements: {
    readonly frame: number;
    readonly marble: string;
    readonly error?: { readonly error: unknown };
  }[] = [];

  /** @internal Made by `cold` and `hot`. */
  constructor(scheduler: TestScheduler, drawn: Observable<Drawn<Row>>, multicast: boolean, values: Values<Row>) {
    const [first] = Object.values(values);
    const frames = (): SubscriptionFrames & { unsubscribedFrame: number } => ({
      subscribedFrame: scheduler.frame,
      unsubscribedFrame: Infinity,
    });
    const stream = new Observable<MicroBatch<Row>>((subscriber) => {
      const log = frames();
      this.subscriptions.push(log);
      subscriber.add(() => (log.unsubscribedFrame = scheduler.frame));
      return drawn.subscribe({
        next: (one) => (multicast ? subscriber.next(one.batch) : deliver(this.record(scheduler, one), subscriber)),
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
    super({
      kind: 'foreign',
      op: 'marbles',
      detail: '',
      inputs: [],
      schema: first === undefined || first.untyped ? undefined : first.schema,
      traits: {},
      connect: () => stream as unknown as BatchStream,
    });
  }

  /** @internal */
  record(scheduler: TestScheduler, { marble, batch: original }: Drawn<Row>): MicroBatch<Row> {
    const delivered = copyOf(original);
    this.deliveries.push({ marble, batch: delivered });
    settlementOf(delivered).onSettled((how) => {
      const error = 'error' in how ? { error: { error: how.error } } : {};
      this.settlements.push({ frame: scheduler.frame, marble, ...error });
    });
    return delivered;
  }
}

type Values<Row> = Readonly<Record<string, MicroBatch<Row>>>;

interface Drawn<Row> {
  readonly marble: string;
  readonly batch: MicroBatch<Row>;
}

/** What is compared of a batch. */
interface View {
  readonly id: number;
  readonly watermark: number | null;
  readonly rows: readonly unknown[];
}

const viewOf = (of: AnyBatch): View => {
  const { id, watermark, rows } = of;
  return { id, watermark, rows };
};

/** What a marble test is given. */
export interface MarbleHelpers {
  /** A stream that begins anew for each subscriber. Each character of the marbles is a batch of `values`; `#` is `error`. */
  readonly cold: <Row>(marbles: string, values?: Values<Row>, error?: unknown) => BatchMarbles<Row>;
  /** A stream that runs whether it is subscribed or not; `^` is frame 0. */
  readonly hot: <Row>(marbles: string, values?: Values<Row>, error?: unknown) => BatchMarbles<Row>;
  /** Batches whose ids count up from 0 in the order of the keys; `{ a: 'xy' }` is a batch of the rows x and y. */
  readonly batches: {
    <K extends string>(contents: Readonly<Record<K, string>>): Record<K, MicroBatch<MarbleRow>>;
    <K extends string, Row>(
      contents: Readonly<Record<K, string>>,
      values: Readonly<Record<string, Row>>,
      options?: Omit<BatchOptions<Row>, 'id'>,
    ): Record<K, MicroBatch<Row>>;
  };
  /** Compares what the stream gives, and when: batches by id, rows and watermark; errors by code, pattern, class or equality. */
  readonly expectBatches: <Row>(
    stream: Observable<MicroBatch<Row>>,
    unsubscription?: string | null,
  ) => { toBe(marbles: string, values?: Readonly<Record<string, MicroBatch<Row>>>, error?: unknown): void };
  /** Compares when the batches of a source were settled: the batch's character where it was done, `#` where it failed. */
  readonly expectSettled: (source: BatchMarbles<unknown>) => { toBe(marbles: string, error?: unknown): void };
  readonly expectSubscriptions: (subscriptions: readonly SubscriptionFrames[]) => {
    toBe(marbles: string | string[]): void;
  };
  /** The frame that is running, in milliseconds of processing time. */
  readonly scheduler: TestScheduler;
  /** RxJS's own helpers, for streams of other things than batches. */
  readonly rx: RunHelpers;
}

export interface MarbleOptions {
  /** Where the test ends, in milliseconds of virtual time: a trigger ticks for ever. Default one hour. */
  readonly maxFrames?: number;
}

/**
 * A test in virtual time, drawn as marbles of batches: RxJS's `TestScheduler.run` with batches as values. A frame is
 * a millisecond of processing time; triggers, `microBatch` and everything else that takes time from a scheduler runs
 * in it. Promises are not delivered in virtual time: what is asynchronous is tested with `testStream`.
 *
 * Besides what is expected, it checks that no batch is used or handed on after it was settled: code that keeps a
 * batch past `next` without holding it fails.
 *
 * @example
 * ```ts
 * marbles(({ cold, batches, expectBatches, expectSettled, expectSubscriptions }) => {
 *   const { a, b } = batches({ a: 'xy', b: 'z' });
 *   const source = cold('          -a-b-|', { a, b });
 *   const result = source.pipe(filterRows((row) => row.value !== 'x'));
 *   expectBatches(result).toBe('   -a-b-|', { a: a.with([{ value: 'y' }]), b });
 *   expectSettled(source).toBe('   -a-b');
 *   expectSubscriptions(source.subscriptions).toBe('^----!');
 * });
 * ```
 */
export function marbles(test: (helpers: MarbleHelpers) => void, options: MarbleOptions = {}): void {
  const scheduler = new TestScheduler(compareMessages);
  const sources: BatchMarbles<unknown>[] = [];
  const afterwards: (() => void)[] = [];
  const violations: Error[] = [];
  const keep = <Row>(source: BatchMarbles<Row>): BatchMarbles<Row> => {
    sources.push(source);
    return source;
  };
  scheduler.run((rx) => {
    scheduler.maxFrames = options.maxFrames ?? 3_600_000;
    test({
      scheduler,
      rx,
      cold: <Row>(diagram: string, values: Values<Row> = {}, error?: unknown) =>
        keep(new BatchMarbles<Row>(scheduler, rx.cold(diagram, drawnOf(values), error), false, values)),
      hot: <Row>(diagram: string, values: Values<Row> = {}, error?: unknown) => {
        const shared = new Subject<Drawn<Row>>();
        const source = keep(new BatchMarbles<Row>(scheduler, shared, true, values));
        runHot(rx.hot(diagram, drawnOf(values), error), source, shared, scheduler);
        return source;
      },
      batches: ((contents: Record<string, string>, values?: Record<string, never>, more?: BatchOptions<never>) =>
        Object.fromEntries(
          Object.keys(contents).map((key, id) => [key, batch(contents[key]!, values, { ...more, id })]),
        )) as unknown as MarbleHelpers['batches'],
      expectBatches: (stream, unsubscription) => {
        const views = stream.pipe(
          tap((one) => {
            if (settledOf(one) !== undefined) {
              violations.push(
                new Error(
                  `Frame ${scheduler.frame}: batch ${one.id} was handed on after it was settled: it was kept without being held.`,
                ),
              );
            }
          }),
          map((one) => viewOf(one)),
        );
        const expectation = rx.expectObservable(views, unsubscription);
        return {
          toBe: (diagram, values = {}, error) => {
            const expected = Object.fromEntries(Object.entries(values).map(([key, one]) => [key, viewOf(one)]));
            // Without values rxjs compares with the characters themselves, and its default error is no error of ours.
            expectation.toBe(diagram, expected, error === undefined ? anyError : error);
          },
        };
      },
      expectSettled: (source) => ({
        toBe: (diagram, error) => {
          const expected = TestScheduler.parseMarbles(diagram, undefined, error ?? anyError, false, true);
          afterwards.push(() => {
            const actual = source.settlements.map(({ frame, marble, error: failure }) => ({
              frame,
              notification: failure === undefined ? { kind: 'N', value: marble } : { kind: 'E', error: failure.error },
            }));
            compareMessages(actual, expected, 'settled');
          });
        },
      }),
      expectSubscriptions: (subscriptions) => rx.expectSubscriptions(subscriptions as never),
    });
  });
  for (const check of afterwards) check();
  for (const source of sources) {
    for (const { batch: delivered } of source.deliveries)
      violations.push(...[lateUseOf(delivered)].filter((e) => e !== undefined));
  }
  if (violations[0] !== undefined) throw violations[0];
}

const drawnOf = <Row>(values: Values<Row>): Record<string, Drawn<Row>> =>
  Object.fromEntries(Object.entries(values).map(([marble, one]) => [marble, { marble, batch: one }]));

/** One firing for all subscribers: the batch is open until each of them has returned. */
function runHot<Row>(
  drawn: Observable<Drawn<Row>>,
  source: BatchMarbles<Row>,
  shared: Subject<Drawn<Row>>,
  scheduler: TestScheduler,
): void {
  drawn.subscribe({
    next: ({ marble, batch: original }) => {
      if (scheduler.frame < 0) return; // Before the test began nobody can have got it.
      const one = source.record(scheduler, { marble, batch: original });
      deliver(one, { next: () => shared.next({ marble, batch: one }) });
    },
    error: (error: unknown) => shared.error(error),
    complete: () => shared.complete(),
  });
}

const anyError = Symbol('any error');

interface Message {
  readonly frame: number;
  readonly notification: { readonly kind: string; readonly value?: unknown; readonly error?: unknown };
}

function compareMessages(actual: unknown, expected: unknown, what = 'got'): void {
  const [a, e] = [actual, expected] as readonly [
    readonly (Message | SubscriptionFrames)[],
    readonly (Message | SubscriptionFrames)[],
  ];
  const fits = a.length === e.length && a.every((one, i) => sameMessage(one, e[i]!));
  if (fits) return;
  const list = (all: typeof a): string =>
    all.length === 0 ? '    (nothing)' : all.map((one) => `    ${drawMessage(one)}`).join('\n');
  throw new Error(`Marbles differ.\n  ${what}:\n${list(a)}\n  expected:\n${list(e)}`);
}

function sameMessage(a: Message | SubscriptionFrames, e: Message | SubscriptionFrames): boolean {
  if (!('notification' in a) || !('notification' in e)) return same({ ...a }, { ...e });
  const [x, y] = [a.notification, e.notification];
  if (a.frame !== e.frame || x.kind !== y.kind) return false;
  if (x.kind === 'E')
    return y.error === anyError || isExpectedError(x.error, y.error as never) || same(x.error, y.error);
  return x.kind === 'C' || sameValue(x.value, y.value);
}

function sameValue(a: unknown, b: unknown): boolean {
  if (!isView(a) || !isView(b)) return same(a, b);
  return a.id === b.id && a.watermark === b.watermark && sameRows(a.rows, b.rows);
}

const isView = (value: unknown): value is View =>
  typeof value === 'object' && value !== null && 'rows' in value && 'watermark' in value;

function drawMessage(one: Message | SubscriptionFrames): string {
  if (!('notification' in one)) {
    const { subscribedFrame, unsubscribedFrame } = one;
    return `subscribed at ${subscribedFrame}, ${unsubscribedFrame === Infinity ? 'not unsubscribed' : `unsubscribed at ${unsubscribedFrame}`}`;
  }
  const { kind, value, error } = one.notification;
  if (kind === 'C') return `${one.frame} ms: complete`;
  if (kind === 'E')
    return `${one.frame} ms: ${error === anyError ? 'an error' : error instanceof Error ? showError(error) : `error ${show(error)}`}`;
  if (!isView(value)) return `${one.frame} ms: ${show(value)}`;
  const watermark = value.watermark === null ? '' : ` watermark ${value.watermark}`;
  return `${one.frame} ms: batch ${value.id}${watermark} ${show(value.rows)}`;
}
