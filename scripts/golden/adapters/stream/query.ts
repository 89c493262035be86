import { type Flow, expr } from 'sluice';
import * as operators from 'sluice/operators';
import { SluiceError } from '../../../../lib/errors/index.js';
import { parseDdl, simpleString } from '../../../../lib/schema/index.js';
import { NotRun } from '../../adapter.js';
import { tableOf } from '../writers.js';
import type { Op, Query, StreamCase } from './case.js';
import { type Counted, count, countedSchema } from './counted.js';
import { type Transformed, transform } from './transformed.js';

/** The flows of the sources, by name. */
export type Sources = Readonly<Record<string, Flow>>;

/** The pipeline of a case. Throws what a user would get, and `NotRun` where it asks for what does not exist here. */
export function pipelineOf(given: StreamCase, sources: Sources): Flow {
  return new Builder(given, sources).flowOf(given.query);
}

type Row = Record<string, unknown>;
type Build = (flow: Flow, argument: never) => Flow;

/** Says whether batches may run without data: an option of triggers here. */
export const noDataBatches = 'spark.sql.streaming.noDataMicroBatches.enabled';

/** Settings of Spark that pipelines do not depend on, such as where it keeps its state. */
const settled = new Set(['spark.sql.streaming.stateStore.providerClass', noDataBatches]);

class Builder {
  private readonly policy: string | undefined;

  constructor(
    private readonly given: StreamCase,
    private readonly sources: Sources,
  ) {
    const { 'spark.sql.streaming.multipleWatermarkPolicy': policy, ...others } = given.conf ?? {};
    this.policy = policy;
    const unknown = Object.keys(others).find((name) => !settled.has(name));
    if (unknown !== undefined) throw new NotRun(`the setting ${unknown}`);
  }

  flowOf(query: Query): Flow {
    if (typeof query === 'string') return this.source(query);
    const { from, join, union, ops = [] } = query;
    this.checkCalls(ops);
    const flow = join !== undefined ? this.joined(join) : union === undefined ? this.flowOf(from!) : this.united(union);
    return ops.reduce<Flow>((below, op) => this.applied(below, op), flow);
  }

  /** What Spark refuses of a streaming frame is no operator here: there is no way to say it. */
  private checkCalls(ops: readonly Op[]): void {
    for (const { call } of ops) {
      const { name } = (call ?? {}) as { name?: string };
      if (name === undefined || name in operators) continue;
      throw new SluiceError('UNSUPPORTED_PIPELINE', `There is no operator ${name}.`);
    }
  }

  private source(name: string): Flow {
    const flow = this.sources[name];
    if (flow === undefined) throw new NotRun(`the static frame ${name}`);
    return flow;
  }

  private joined({ left, right, type, on }: NonNullable<Exclude<Query, string>['join']>): Flow {
    const options = { on, type: type as 'inner', as: ['l', 'r'] as const };
    const [leftTable, rightTable] = [this.table(left), this.table(right)];
    if (rightTable !== undefined) {
      return this.flowOf(left).pipe(
        operators.joinTable<Row, Row, never, readonly ['l', 'r']>(rightTable.rows, {
          ...options,
          schema: rightTable.schema,
        }),
      );
    }
    if (leftTable === undefined) {
      return this.flowOf(left).pipe(operators.join<Row, Row, never, readonly ['l', 'r']>(this.flowOf(right), options));
    }
    // The flow is the left side of joinTable, so all is said the other way round.
    const mirrored: Readonly<Record<string, string>> = { inner: 'inner', right_outer: 'left', left_outer: 'right' };
    const turned = { on, type: (mirrored[type] ?? 'full') as 'inner', as: ['r', 'l'] as const };
    return this.flowOf(right).pipe(
      operators.joinTable<Row, Row, never, readonly ['r', 'l']>(leftTable.rows, {
        ...turned,
        schema: leftTable.schema,
      }),
    );
  }

  /** A static frame. */
  private table(query: Query): { readonly rows: readonly Row[]; readonly schema: string } | undefined {
    const given = typeof query === 'string' ? this.given.static[query] : undefined;
    if (given === undefined) return undefined;
    const columns = parseDdl(given.schema).fields.map((f) => [f.name, simpleString(f.type)] as const);
    return { schema: given.schema, rows: tableOf({ schema: columns, rows: given.rows }).toRows() };
  }

  private united([first, ...others]: readonly Query[]): Flow {
    return others.reduce<Flow>(
      (left, right) => left.pipe(operators.unionByName<Row, Row>(this.flowOf(right))),
      this.flowOf(first!),
    );
  }

  private applied(flow: Flow, op: Op): Flow {
    const [name, argument] = Object.entries(op)[0]!;
    const build = (this.builds as Readonly<Record<string, Build>>)[name];
    if (build === undefined) throw new NotRun(name);
    return build(flow, argument as never);
  }

  private readonly builds = {
    where: (flow: Flow, condition: string): Flow => flow.pipe(operators.where(condition)),
    select: (flow: Flow, columns: readonly string[]): Flow => flow.pipe(operators.selectExpr(...columns)),
    withColumn: (flow: Flow, { name, value }: { name: string; value: string }): Flow =>
      flow.pipe(operators.withColumn(name, expr(value))),
    withWatermark: (flow: Flow, { column, delay }: { column: string; delay: string }): Flow =>
      flow.pipe(
        operators.withWatermark(
          column,
          delay,
          this.policy === undefined ? {} : { multipleWatermarkPolicy: this.policy as 'min' },
        ),
      ),
    aggregate: (flow: Flow, { by, values }: { by: readonly Key[]; values: Readonly<Record<string, string>> }): Flow =>
      flow.pipe(
        operators.aggregate<Row, Record<string, string>, Readonly<Record<string, string>>>({
          by: Object.fromEntries(by.map(keyOf)),
          values,
        }),
      ),
    dropDuplicates: (flow: Flow, columns: readonly string[] | null): Flow =>
      flow.pipe(operators.dropDuplicates(columns ?? undefined)),
    dropDuplicatesWithinWatermark: (flow: Flow, columns: readonly string[] | null): Flow =>
      flow.pipe(operators.dropDuplicatesWithinWatermark(columns ?? undefined)),
    distinct: (flow: Flow): Flow => flow.pipe(operators.distinct()),
    orderBy: (flow: Flow, columns: readonly string[]): Flow => flow.pipe(operators.orderBy(...columns)),
    limit: (flow: Flow, rows: number): Flow => flow.pipe(operators.limit(rows)),
    mapGroupsWithState: (flow: Flow, counted: Counted): Flow =>
      flow.pipe(
        operators.mapGroupsWithState({ by: 'k', timeout: counted.timeout, schema: countedSchema }, (k, rows, state) =>
          count(counted, k, rows as never, state as operators.GroupState<number>),
        ),
      ),
    flatMapGroupsWithState: (flow: Flow, { mode, ...counted }: Counted & { mode: 'append' | 'update' }): Flow =>
      flow.pipe(
        operators.flatMapGroupsWithState(
          { by: 'k', timeout: counted.timeout, outputMode: mode, schema: countedSchema },
          (k, rows, state) => {
            const row = count(counted, k, rows as never, state as operators.GroupState<number>);
            return row.event === 'update' ? [] : [row];
          },
        ),
      ),
    transformWithState: (flow: Flow, transformed: Transformed): Flow => flow.pipe(transform(transformed)),
    call: (_flow: Flow, { name }: { name: string }): Flow => {
      throw new NotRun(`the operator ${name}, called as a method`);
    },
  };
}

/** A column, or windows or sessions under a name. */
type Key =
  | string
  | { readonly window: readonly [column: string, ...lengths: string[]]; readonly as: string }
  | { readonly session: readonly [column: string, gap: string]; readonly as: string };

function keyOf(key: Key): readonly [name: string, sql: string] {
  if (typeof key === 'string') return [key, key];
  const [name, [column, ...lengths]] =
    'window' in key ? (['window', key.window] as const) : (['session_window', key.session] as const);
  return [key.as, `${name}(${column}, ${lengths.map((length) => `'${length}'`).join(', ')})`];
}
