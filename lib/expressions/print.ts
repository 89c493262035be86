import { formatDouble, formatFloat, formatDecimal } from '../numbers/index.js';
import { printDate, printTimestamp, printTimestampNtz, UTC } from '../datetime/index.js';
import { formatType } from '../schema/index.js';
import { intervalText } from './interval-literals.js';
import { reserved } from './keywords.js';
import type { Call, Expression, Literal, SortKey } from './tree.js';
import type { CalendarInterval } from './values.js';

/** The text of an expression, which `parseExpression` reads back to the same tree. */
export const printExpression = (tree: Expression): string => print(tree, quoted);

/** The name of a column that was given none: as Spark calls it, strings without quotes. */
export function nameOf(tree: Expression): string {
  switch (tree.kind) {
    case 'alias':
      return tree.names[0]!;
    case 'name':
      return tree.parts.at(-1)!;
    case 'field':
      return tree.name;
    case 'cast':
      if (tree.mode === 'cast' && (tree.child.kind === 'name' || tree.child.kind === 'field'))
        return nameOf(tree.child);
      break;
    case 'call':
      if (windows.has(tree.name)) return tree.name;
      break;
    default:
  }
  return print(tree, bare);
}

/** What they give is called as they are. */
const windows = new Set(['window', 'session_window', 'window_time']);

interface Style {
  name(text: string): string;
  text(text: string): string;
}

const plainName = /^[\p{L}_][\p{L}\p{N}_$]*$/u;
const quoted: Style = {
  name: (name) =>
    plainName.test(name) && !wordsOfLiterals.has(name.toLowerCase()) && !reserved.has(name.toLowerCase())
      ? name
      : `\`${name.replaceAll('`', '``')}\``,
  text: (text) => `'${text.replace(/[\\']/g, '\\$&')}'`,
};
const bare: Style = { name: (name) => name, text: (text) => text };

/** Names that would be read as something else. */
const wordsOfLiterals = new Set(
  'null true false case cast try_cast interval distinct all date timestamp timestamp_ltz timestamp_ntz time any some ignore respect over except exclude'.split(
    ' ',
  ),
);

const infix = new Set([
  'and',
  'or',
  '=',
  '<=>',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '|',
  '^',
  '&',
  '<<',
  '>>',
  '>>>',
  '+',
  '-',
  '||',
  '*',
  '/',
  '%',
  'div',
]);

function print(tree: Expression, style: Style): string {
  const show = (child: Expression): string => print(child, style);
  switch (tree.kind) {
    case 'literal':
      return literal(tree, style);
    case 'name':
      return tree.parts.map((part) => style.name(part)).join('.');
    case 'star': {
      const except = tree.except.map((parts) => parts.map((part) => style.name(part)).join('.')).join(', ');
      return [...tree.of.map((part) => style.name(part)), '*'].join('.') + (except === '' ? '' : ` EXCEPT (${except})`);
    }
    case 'cast':
      if (tree.mode === 'literal') return `${formatType(tree.type)} ${show(tree.child)}`;
      return `${tree.mode === 'try' ? 'TRY_' : ''}CAST(${show(tree.child)} AS ${formatType(tree.type)})`;
    case 'case': {
      const operand = tree.operand === undefined ? '' : ` ${show(tree.operand)}`;
      const branches = tree.branches.map(({ when, then }) => ` WHEN ${show(when)} THEN ${show(then)}`).join('');
      const otherwise = tree.otherwise === undefined ? '' : ` ELSE ${show(tree.otherwise)}`;
      return `CASE${operand}${branches}${otherwise} END`;
    }
    case 'field': {
      const child = show(tree.child);
      // A number before the dot would take it for its own.
      return `${needsBrackets(tree.child) || tree.child.kind === 'name' ? `(${child})` : child}.${style.name(tree.name)}`;
    }
    case 'lambda': {
      const params = tree.params.map((param) => style.name(param));
      return `${params.length === 1 ? params[0]! : `(${params.join(', ')})`} -> ${show(tree.body)}`;
    }
    case 'alias': {
      const names = tree.names.map((name) => style.name(name));
      return `${show(tree.child)} AS ${names.length === 1 ? names[0]! : `(${names.join(', ')})`}`;
    }
    case 'call':
      return printCall(tree, style);
  }
}

function printCall(tree: Call, style: Style): string {
  const { name } = tree;
  const args = tree.args.map((arg) => {
    const text = print(arg, style);
    // The arrow reaches as far as it can: between operators it needs brackets.
    return arg.kind === 'lambda' && (infix.has(name) || name === '[]') ? `(${text})` : text;
  });
  const [a, b, c] = args as [string, string, string];
  if (infix.has(name) && args.length === 2)
    return `(${a} ${name === 'and' || name === 'or' ? name.toUpperCase() : name} ${b})`;
  switch (name) {
    case 'not':
      return `(NOT ${a})`;
    case 'negative':
      return `(- ${a})`;
    case 'positive':
      return `(+ ${a})`;
    case '~':
      return `(~ ${a})`;
    case '[]':
      return `${needsBrackets(tree.args[0]!) ? `(${a})` : a}[${b}]`;
    case 'isnull':
      return `(${a} IS NULL)`;
    case 'isnotnull':
      return `(${a} IS NOT NULL)`;
    case 'istrue':
    case 'isfalse':
    case 'isunknown':
      return `(${a} IS ${name.slice(2).toUpperCase()})`;
    case 'between':
      return `(${a} BETWEEN ${b} AND ${c})`;
    case 'in':
      return `(${a} IN (${args.slice(1).join(', ')}))`;
    case 'like':
    case 'ilike':
      return `(${a} ${name.toUpperCase()} ${b}${c === undefined ? '' : ` ESCAPE ${c}`})`;
    case 'rlike':
      return `(${a} RLIKE ${b})`;
    case 'like_any':
    case 'like_all':
    case 'ilike_any':
    case 'ilike_all':
      return `(${a} ${name.replace('_', ' ').toUpperCase()} (${args.slice(1).join(', ')}))`;
  }
  const order =
    tree.order === undefined
      ? ''
      : ` WITHIN GROUP (ORDER BY ${tree.order.map((key) => sortKey(key, style)).join(', ')})`;
  const filter = tree.filter === undefined ? '' : ` FILTER (WHERE ${print(tree.filter, style)})`;
  const nulls = tree.ignoreNulls ? ' IGNORE NULLS' : '';
  const written =
    plainName.test(name) && !(reserved.has(name) || name === 'case') ? name : `\`${name.replaceAll('`', '``')}\``;
  return `${written}(${tree.distinct ? 'DISTINCT ' : ''}${args.join(', ')})${order}${filter}${nulls}`;
}

/** Literals have no tail: `DATE '…'[0]` would read the bracket as part of something else. */
const needsBrackets = (tree: Expression): boolean =>
  tree.kind === 'literal' || tree.kind === 'lambda' || (tree.kind === 'cast' && tree.mode === 'literal');

function sortKey({ child, descending, nullsFirst }: SortKey, style: Style): string {
  return `${print(child, style)}${descending ? ' DESC' : ''} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
}

function literal({ type, value }: Literal, style: Style): string {
  if (value === null) return 'NULL';
  switch (type.kind) {
    case 'boolean':
      return value === true ? 'true' : 'false';
    case 'string':
      return style.text(value as string);
    case 'binary':
      return `X'${Buffer.from(value as Uint8Array).toString('hex')}'`;
    case 'byte':
      return `${value as number}Y`;
    case 'short':
      return `${value as number}S`;
    case 'int':
      return `${value as number}`;
    case 'long':
      return `${value as bigint}${style === bare ? '' : 'L'}`;
    case 'float':
      return Number.isFinite(value) ? `${formatFloat(value as number)}F` : `float('${formatFloat(value as number)}')`;
    case 'double':
      return Number.isFinite(value)
        ? `${formatDouble(value as number)}${style === bare ? '' : 'D'}`
        : `double('${formatDouble(value as number)}')`;
    case 'decimal':
      return `${formatDecimal(value as bigint, type.scale)}${style === bare ? '' : 'BD'}`;
    case 'date':
      return `DATE '${printDate(value as number)}'`;
    case 'timestamp':
      return `TIMESTAMP '${printTimestamp(value as bigint, UTC)}Z'`;
    case 'timestamp_ntz':
      return `TIMESTAMP_NTZ '${printTimestampNtz(value as bigint)}'`;
    case 'day_time_interval':
    case 'year_month_interval':
    case 'calendar_interval':
      return intervalText(type, value as bigint | number | CalendarInterval);
    default:
      throw new TypeError(`A ${type.kind} has no literal.`);
  }
}
