import type { Bound } from '../../bound.js';
import type { Binder, SpecialDef } from '../define.js';
import { any } from '../params.js';

/** An operator between two values, bound by rules of its own. */
export const binaryOperator =
  <Name extends string>(bind: (name: Name, a: Bound, b: Bound, binder: Binder) => Bound) =>
  (name: Name, summary: string, examples: SpecialDef['examples'], aliases: readonly string[] = []): SpecialDef => ({
    name,
    aliases,
    group: 'operator',
    usage: `a ${name} b`,
    summary,
    examples,
    params: [any('a'), any('b')],
    bind: ([a, b], binder) => bind(name, a!, b!, binder),
  });
