import { defineSource } from '../connect/index.js';
import { Flow } from '../flow.js';
import type { SchemaLike } from '../schema/index.js';

/** A replayable source that is fed by the test and outlives restarts, as a topic or a directory would. */
export class TestInput<Row = Record<string, unknown>> extends Flow<Row> {
  private readonly rows: Row[] = [];
  private readonly wakes = new Set<() => void>();

  /** @internal Made by `testStream`. */
  constructor(schema?: SchemaLike<Row>) {
    const definition = defineSource<Row, number>({
      op: 'testInput',
      name: 'input',
      ...(schema === undefined ? {} : { schema }),
      supports: { replay: true },
      open: (context) => {
        const wake = (): void => context.wake();
        this.wakes.add(wake);
        let frozen = Infinity;
        return {
          initial: () => 0,
          latest: (start, { rows }) => Math.max(start, Math.min(this.rows.length, frozen, start + rows)),
          read: (start, end) => this.rows.slice(start, end),
          status: () => ({ latest: this.rows.length }),
          freeze: () => void (frozen = this.rows.length),
          close: () => void this.wakes.delete(wake),
        };
      },
    });
    super(definition.plan);
  }

  /** More rows: the next batch holds them. */
  addData(rows: readonly Row[]): void {
    this.rows.push(...rows);
    for (const wake of [...this.wakes]) wake();
  }
}
