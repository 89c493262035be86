import { Observable, type Observer, type Operator, Subscriber, type Subscription, type UnaryFunction } from 'rxjs';
import type { MicroBatch } from './batch/index.js';
import { ambient, within } from './context/index.js';
import { type BatchStream, type PlanNode, checkPlan, connect, explain, optimize } from './plan/index.js';
import { type Schema, treeString } from './schema/index.js';

/**
 * A stream of micro-batches that knows how it is made. What sources and operators return; an `Observable` in every
 * other respect, so `tap`, `retry`, `catchError` and the rest of rxjs work on it.
 */
export class Flow<Row = Record<string, unknown>> extends Observable<MicroBatch<Row>> {
  /** @internal Flows are made by sources and operators. */
  constructor(readonly plan: PlanNode) {
    super((subscriber) => {
      try {
        const { session, context } = ambient();
        checkPlan(plan, { around: context?.outputMode ?? session?.outputMode });
      } catch (error) {
        subscriber.error(error);
        return;
      }
      return (connect(optimize(plan)) as unknown as Observable<MicroBatch<Row>>).subscribe(subscriber);
    });
  }

  /** The columns, or undefined where only the run will tell. */
  get schema(): Schema<Row> | undefined {
    return this.plan.schema as Schema<Row> | undefined;
  }

  /** The plan as text; `extended` shows the plan as written and the types, too. */
  explain(options: { extended?: boolean } = {}): string {
    return explain(this.plan, options);
  }

  /**
   * As in rxjs, but a `next` that throws fails its batch, so that it does not commit, and with it the query; rxjs alone
   * would report the error elsewhere and go on.
   */
  override subscribe(observer?: Partial<Observer<MicroBatch<Row>>> | ((batch: MicroBatch<Row>) => void)): Subscription;
  override subscribe(
    next?: ((batch: MicroBatch<Row>) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription;
  override subscribe(
    to?: Partial<Observer<MicroBatch<Row>>> | ((batch: MicroBatch<Row>) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // An operator of rxjs: what it throws it hands on itself.
    if (to instanceof Subscriber) return super.subscribe(to);
    return super.subscribe(
      failingBatches(typeof to === 'object' && to !== null ? to : observerOf(to, error, complete)),
    );
  }

  /** @internal Operators of rxjs come in here: the result is a flow still, with a node that nothing looks into. */
  override lift<R>(operator?: Operator<MicroBatch<Row>, R>): Observable<R> {
    const node: PlanNode = {
      kind: 'foreign',
      op: 'rxjs',
      detail: '',
      inputs: [this.plan],
      schema: this.plan.schema,
      eventTime: this.plan.eventTime,
      traits: {},
      connect: ([input]) =>
        new Observable<MicroBatch>((subscriber) => {
          // Whenever the operator subscribes its source (`retry` may, much later), it is in the query it was in.
          const around = ambient();
          const lifted = new Observable<R>();
          lifted.source = new Observable((inner) => within(around, () => input!.subscribe(inner as never)));
          lifted.operator = operator;
          return lifted.subscribe(subscriber as unknown as Subscriber<R>);
        }),
    };
    return new Flow(node) as unknown as Observable<R>;
  }

  // As in rxjs, but what the last operator returns is what `pipe` returns: a flow stays a flow.
  override pipe(): this;
  override pipe<A>(a: UnaryFunction<this, A>): A;
  override pipe<A, B>(a: UnaryFunction<this, A>, b: UnaryFunction<A, B>): B;
  override pipe<A, B, C>(a: UnaryFunction<this, A>, b: UnaryFunction<A, B>, c: UnaryFunction<B, C>): C;
  override pipe<A, B, C, D>(
    a: UnaryFunction<this, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
  ): D;
  override pipe<A, B, C, D, E>(
    a: UnaryFunction<this, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
    e: UnaryFunction<D, E>,
  ): E;
  override pipe<A, B, C, D, E, F>(
    a: UnaryFunction<this, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
    e: UnaryFunction<D, E>,
    f: UnaryFunction<E, F>,
  ): F;
  override pipe<A, B, C, D, E, F, G>(
    a: UnaryFunction<this, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
    e: UnaryFunction<D, E>,
    f: UnaryFunction<E, F>,
    g: UnaryFunction<F, G>,
  ): G;
  override pipe<A, B, C, D, E, F, G, H>(
    a: UnaryFunction<this, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
    e: UnaryFunction<D, E>,
    f: UnaryFunction<E, F>,
    g: UnaryFunction<F, G>,
    h: UnaryFunction<G, H>,
  ): H;
  override pipe<A, B, C, D, E, F, G, H, I>(
    a: UnaryFunction<this, A>,
    b: UnaryFunction<A, B>,
    c: UnaryFunction<B, C>,
    d: UnaryFunction<C, D>,
    e: UnaryFunction<D, E>,
    f: UnaryFunction<E, F>,
    g: UnaryFunction<F, G>,
    h: UnaryFunction<G, H>,
    i: UnaryFunction<H, I>,
    ...rest: UnaryFunction<unknown, unknown>[]
  ): I;
  override pipe(...operators: UnaryFunction<never, unknown>[]): unknown {
    return operators.reduce<unknown>((flow, operator) => (operator as UnaryFunction<unknown, unknown>)(flow), this);
  }
}

function observerOf<T>(
  next: ((value: T) => void) | null | undefined,
  error: ((error: unknown) => void) | null | undefined,
  complete: (() => void) | null | undefined,
): Partial<Observer<T>> {
  return { ...(next && { next }), ...(error && { error }), ...(complete && { complete }) };
}

/** The same observer, but what its `next` throws fails the batch. */
export function failingBatches<Row>(to: Partial<Observer<MicroBatch<Row>>>): Partial<Observer<MicroBatch<Row>>> {
  return {
    next: (batch) => {
      try {
        to.next?.(batch);
      } catch (thrown) {
        batch.fail(thrown);
      }
    },
    // Without a handler of errors rxjs reports them, and it has to stay so.
    ...(to.error && { error: (error: unknown) => to.error!(error) }),
    complete: () => to.complete?.(),
  };
}

/** The plan of a flow; any other Observable of batches is a foreign source. */
export function planOf(source: Observable<MicroBatch<never>> | Observable<MicroBatch>): PlanNode {
  if (source instanceof Flow) return source.plan;
  return {
    kind: 'foreign',
    op: 'Observable',
    detail: '',
    inputs: [],
    schema: undefined,
    traits: {},
    connect: () => source as BatchStream,
  };
}

/** Prints the schema of a flow as Spark draws it. */
export function printSchema(flow: Flow<never> | Flow): void {
  const { schema } = flow as Flow;
  // eslint-disable-next-line no-console -- it prints, as its name says
  console.log(schema === undefined ? 'root (known when the query runs)' : treeString(schema));
}
