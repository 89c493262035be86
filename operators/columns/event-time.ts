import { findFunction, isScalar } from '../../lib/expressions/functions/registry.js';
import type { Expression } from '../../lib/expressions/index.js';
import { childrenOf } from '../../lib/expressions/tree.js';
import type { EventTime } from '../../lib/plan/index.js';
import { namesIn } from '../../lib/plan/used-columns.js';
import type { ColumnStage } from './stages.js';

/** Which columns carry event time behind these stages: those that are passed on, renamed, or made windows of. */
export function eventTimeAfter(stages: readonly ColumnStage[], before: EventTime | undefined): EventTime | undefined {
  if (before === undefined || before.columns.size === 0) return before;
  let { columns } = before;
  for (const stage of stages) columns = columnsAfter(stage, columns);
  return { ...before, columns };
}

function columnsAfter(stage: ColumnStage, before: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  switch (stage.op) {
    case 'where':
      return before;
    case 'select':
    case 'selectExpr':
      return new Map(
        stage.items.flatMap(({ tree, name }) => {
          if (tree.kind === 'star') return tree.of.length === 0 ? [...before] : [];
          return carried(tree, name ?? givenName(tree), before);
        }),
      );
    case 'withColumn':
    case 'withColumns': {
      const made = stage.columns.flatMap(([name, tree]) => carried(tree, name, before));
      return new Map([
        ...without(
          before,
          stage.columns.map(([name]) => name),
        ),
        ...made,
      ]);
    }
    case 'drop':
      return without(before, stage.names);
    case 'withColumnRenamed':
      return new Map([...before].map(([name, delay]) => [same(name, stage.from) ? stage.to : name, delay]));
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const without = (columns: ReadonlyMap<string, number>, names: readonly string[]): Map<string, number> =>
  new Map([...columns].filter(([column]) => !names.some((name) => same(name, column))));

function carried(
  tree: Expression,
  name: string | undefined,
  before: ReadonlyMap<string, number>,
): (readonly [string, number])[] {
  const source = [...before.keys()].find((column) => carries(tree, column));
  return source === undefined || name === undefined ? [] : [[name, before.get(source)!]];
}

/** Whether an expression is the event time of a column, or the window that it falls into. */
export function carries(tree: Expression, column: string): boolean {
  if (tree.kind === 'alias') return carries(tree.child, column);
  if (tree.kind === 'name') return same(tree.parts.at(-1)!, column) && tree.parts.length <= 2;
  const windows = ['window', 'session_window', 'window_time'];
  return tree.kind === 'call' && windows.includes(tree.name) && carries(tree.args[0]!, column);
}

function givenName(tree: Expression): string | undefined {
  if (tree.kind === 'alias') return tree.names.length === 1 ? tree.names[0] : undefined;
  if (tree.kind === 'name') return tree.parts.at(-1);
  return tree.kind === 'call' ? tree.name : undefined;
}

/** Whether an expression may read the column. */
export function mayMention(tree: Expression, column: string): boolean {
  const names = namesIn([tree]);
  return names === 'all' || names.some((parts) => parts.some((part) => same(part, column)));
}

/** Whether an expression may give something else the next time. */
export function isRandom(tree: Expression): boolean {
  if (tree.kind === 'call') {
    const definition = tree.definition ?? findFunction(tree.name);
    if (definition !== undefined && isScalar(definition) && definition.deterministic === false) return true;
  }
  return childrenOf(tree).some(isRandom);
}
