import { Observable, Subscription } from 'rxjs';
import type { Done, MicroBatch } from '../lib/batch/index.js';
import { Table } from '../lib/columns/index.js';
import { inQuery } from '../lib/context/index.js';
import { SluiceError } from '../lib/errors/index.js';
import { Flow, planOf } from '../lib/flow.js';
import { type FlowOperator, failBatch } from '../lib/operator.js';
import { type Schema, formatDdl, sameType } from '../lib/schema/index.js';
import { joinedHidden } from './hidden-rows.js';

/**
 * Puts the rows of several flows into one. Columns are matched by position, as in Spark: all flows have the same
 * types, and the first one's names count. Each source keeps its own offsets and limits; one trigger starts a batch of
 * all of them, and one commit ends it. Throws SCHEMA_MISMATCH, at once where the schemas are known.
 *
 * @example
 * ```ts
 * csv$.pipe(union(json$, parquet$), checkpoint('checkpoint/')).subscribe(sink);
 * ```
 */
export function union<Row>(...others: Observable<MicroBatch<Row>>[]): FlowOperator<Row, Row> {
  return (first) => {
    const inputs = [first, ...others].map((flow) => planOf(flow as never));
    const known = inputs.flatMap((input) => input.schema ?? []);
    for (const schema of known.slice(1)) checkTypes(known[0]!, schema);
    return new Flow<Row>({
      kind: 'operator',
      op: 'union',
      detail: '',
      inputs,
      schema: known.length === inputs.length ? known[0] : undefined,
      hidden: inputs.every(({ hidden }) => hidden === inputs[0]!.hidden) ? inputs[0]!.hidden : undefined,
      traits: {},
      connect: (sources) =>
        new Observable((subscriber) =>
          inQuery(subscriber, (context, destination) => {
            const pairing = new Pairing(sources.length);
            const subscriptions = new Subscription();
            const handOn = (parts: readonly Held[] | undefined): void => {
              if (parts === undefined) return;
              try {
                destination.next(combine(parts.map((part) => part.batch)));
              } catch (error) {
                failBatch(destination, parts[0]!.batch, error);
              } finally {
                for (const part of parts) part.done();
              }
            };
            sources.forEach((source, i) => {
              const subscription = source.subscribe({
                // A part that an input dropped never comes; when nothing else can, the others go on without it.
                next: (batch) => handOn(pairing.add(i, batch, () => handOn(pairing.flush()))),
                error: (error: unknown) => destination.error(error),
                complete: () => {
                  context.resume();
                  handOn(pairing.end(i));
                  if (pairing.ended) destination.complete();
                },
              });
              subscriptions.add(subscription);
            });
            return () => {
              subscriptions.unsubscribe();
              pairing.release();
            };
          }),
        ),
    });
  };
}

interface Held {
  readonly batch: MicroBatch;
  readonly done: Done;
}

/** Waits for the batch of one firing from every input that goes on. */
class Pairing {
  private readonly waiting = new Map<number, Held>();
  private readonly live: Set<number>;

  constructor(inputs: number) {
    this.live = new Set(Array.from({ length: inputs }, (_, i) => i));
  }

  get ended(): boolean {
    return this.live.size === 0;
  }

  /** The batches of the firing, in the order of the inputs, when this one was the last. */
  add(input: number, batch: MicroBatch, alone: () => void): readonly Held[] | undefined {
    this.waiting.set(input, { batch, done: batch.wait(alone) });
    return this.whole();
  }

  /** An input ended, so the others no longer wait for it. */
  end(input: number): readonly Held[] | undefined {
    this.live.delete(input);
    return this.whole();
  }

  /** Lets go of what waits, when nobody will take it any more. */
  release(): void {
    for (const { done } of this.waiting.values()) done();
    this.waiting.clear();
  }

  private whole(): readonly Held[] | undefined {
    return [...this.live].some((input) => !this.waiting.has(input)) ? undefined : this.flush();
  }

  /** What there is of the firing. */
  flush(): readonly Held[] | undefined {
    if (this.waiting.size === 0) return undefined;
    const parts = [...this.waiting].sort(([a], [b]) => a - b).map(([, part]) => part);
    this.waiting.clear();
    return parts;
  }
}

function combine(batches: readonly MicroBatch[]): MicroBatch {
  const [first] = batches as [MicroBatch, ...MicroBatch[]];
  if (batches.length === 1) return first;
  if (batches.every((batch) => batch.untyped)) return first.with(batches.flatMap((batch) => batch.rows));
  const { schema } = first;
  for (const batch of batches) checkTypes(schema, batch.schema);
  const some = batches.filter((batch) => batch.numRows > 0);
  const filled = some.length === 0 ? [first] : some;
  const joined = Table.concat(filled.map(({ table }) => new Table(schema, table.columns, table.numRows)));
  return first.with(joined).withHidden(joinedHidden(filled));
}

function checkTypes(a: Schema, b: Schema): void {
  const fits = a.fields.length === b.fields.length && a.fields.every((f, i) => sameType(f.type, b.fields[i]!.type));
  if (fits) return;
  const message = `union: the flows have different columns: (${formatDdl(a)}) and (${formatDdl(b)}). Select and name them alike first.`;
  throw new SluiceError('SCHEMA_MISMATCH', message);
}
