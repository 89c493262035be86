import { kafkaSink, type KafkaSinkOptions } from 'sluice/connectors';
import { TestQuery, batch, deliver } from 'sluice/testing';
import { settlementOf } from '../../../../lib/testing/batch.js';
import type { Sink } from '../../../../lib/connect/index.js';
import type { SchemaLike } from '../../../../lib/schema/index.js';

export type Row = Readonly<Record<string, unknown>>;

/** One run of a query that writes to Kafka: what a process is to the sink. */
export class SinkRun {
  private readonly sink: Sink<Row>;

  constructor(
    options: KafkaSinkOptions,
    queryId: string,
    private readonly schema?: SchemaLike<Row>,
    private readonly query = new TestQuery({ id: queryId }),
  ) {
    this.sink = kafkaSink<Row>(options);
  }

  /** Another sink of the same run. */
  another(options: KafkaSinkOptions): SinkRun {
    return new SinkRun(options, this.query.id, this.schema, this.query);
  }

  /** Resolves when the batch is durable, rejects with why it failed. */
  write(id: number, rows: readonly Row[]): Promise<void> {
    const { query, schema, sink } = this;
    const more = schema === undefined ? {} : { schema };
    const one = batch<Row>(rows, undefined, { id, query, ...more });
    return new Promise((resolve, reject) => {
      settlementOf(one).onSettled((settled) => {
        if (!('error' in settled)) resolve();
        else reject(settled.error instanceof Error ? settled.error : new Error(String(settled.error)));
      });
      deliver(one, sink);
    });
  }

  /** What the sink said of the last batch. */
  get metrics(): Readonly<Record<string, string | number>> {
    return this.query.reports.at(-1)!.metrics!;
  }

  async end(): Promise<void> {
    await this.query.end();
  }
}
