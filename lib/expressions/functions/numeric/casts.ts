import { type DataType, formatType } from '../../../schema/index.js';
import type { MacroDef } from '../define.js';
import { any } from '../params.js';

const cast = (name: string, type: DataType, example: readonly [string, string]): MacroDef => ({
  name,
  group: 'numeric',
  usage: 'expr',
  summary: `The same as \`CAST(expr AS ${formatType(type)})\`.`,
  examples: [example],
  params: [any('expr')],
  rewrite: ([child]) => ({ kind: 'cast', child: child!, type, mode: 'cast' }),
});

/** Types that can be called as functions. */
export const casts: readonly MacroDef[] = [
  cast('boolean', { kind: 'boolean' }, ["boolean('yes')", 'true']),
  cast('tinyint', { kind: 'byte' }, ["tinyint('5')", '5']),
  cast('smallint', { kind: 'short' }, ["smallint('5')", '5']),
  cast('int', { kind: 'int' }, ["int('5')", '5']),
  cast('bigint', { kind: 'long' }, ['bigint(5.9)', '5']),
  cast('float', { kind: 'float' }, ['float(1)', '1.0']),
  cast('double', { kind: 'double' }, ["double('1.5')", '1.5']),
  cast('decimal', { kind: 'decimal', precision: 10, scale: 0 }, ['decimal(10.9)', '11']),
  cast('date', { kind: 'date' }, ["date('2024-02-29')", '2024-02-29']),
  cast('timestamp', { kind: 'timestamp' }, ["timestamp('2024-02-29 10:11:12')", '2024-02-29 10:11:12']),
  cast('binary', { kind: 'binary' }, ["binary('a')", 'a']),
  cast('string', { kind: 'string' }, ['string(1.50)', '1.50']),
];
