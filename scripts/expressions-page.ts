import type { AnyFunction, Group } from '../lib/expressions/functions/define.js';
import { allFunctions } from '../lib/expressions/functions/registry.js';

const titles: Readonly<Record<Group, string>> = {
  operator: 'Operators',
  conditional: 'Conditions and missing values',
  string: 'Text',
  url: 'URLs',
  numeric: 'Numbers',
  datetime: 'Dates, times and intervals',
  array: 'Arrays',
  map: 'Maps',
  struct: 'Structs',
  generator: 'Several rows for one',
  json: 'JSON',
  csv: 'CSV',
  hash: 'Hashes',
  misc: 'Other',
  window: 'Windows of time',
  aggregate: 'Aggregates',
};

const code = (text: string): string => {
  const fence = text.includes('`') ? '``' : '`';
  const pad = fence === '``' ? ' ' : '';
  return `${fence}${pad}${text.replaceAll('|', '\\|').replaceAll('\n', ' ')}${pad}${fence}`;
};

function rowOf(definition: AnyFunction): string {
  const { name, aliases = [], usage, summary, examples, group } = definition;
  const called = group === 'operator' || name === 'case' ? code(usage) : code(`${name}(${usage})`);
  const others = aliases.length === 0 ? '' : ` Also ${aliases.map((alias) => code(alias)).join(', ')}.`;
  const shown = examples.map(([sql, result]) => `${code(sql)} → ${result === '' ? '(an empty text)' : code(result)}`);
  return `| ${called} | ${summary.replaceAll('|', '\\|').replaceAll('\n', ' ')}${others} | ${shown.join('<br>')} |`;
}

/** docs/expressions.md, as it has to be: its own introduction, then every function. */
export function expressionsPage(intro: string): string {
  const families = Object.entries(titles).map(([group, title]) => {
    const rows = allFunctions.filter((definition) => definition.group === group).map(rowOf);
    return `## ${title}\n\n| | | example |\n|---|---|---|\n${rows.join('\n')}\n`;
  });
  return `${intro.trimEnd()}\n\n${families.join('\n')}`;
}
