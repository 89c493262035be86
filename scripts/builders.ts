import type { AnyFunction, Param } from '../lib/expressions/functions/define.js';
import { allFunctions } from '../lib/expressions/functions/registry.js';

/*
 * The builder functions of lib/expressions/builders: for every SQL function one in camelCase, with its meaning as
 * docstring, so that editors and the compiler know them.
 */

/** Operators are methods; types have the names of the casts; what counts and windows are written by hand; the last ones are refused anyway. */
const left = new Set(
  'typeof case if and or not in between array map struct boolean tinyint smallint int bigint float double decimal date timestamp binary string count window session_window window_time current_time like_any like_all ilike_any ilike_all'.split(
    ' ',
  ),
);

/** Parameters that are the same in every row: a string is the text itself, not a column. */
const settings = new Set(
  'delim delimiter pad trimStr search replace pattern escape regexp rep charset fmt format collation lang country partToExtract upperChar lowerChar digitChar otherChar sep schema options path unit weekday zone target nullReplacement entryDelimiter keyDelimiter message substr field key'.split(
    ' ',
  ),
);
const more: Readonly<Record<string, readonly string[]>> = {
  translate: ['from', 'to'],
  convert_timezone: ['source'],
  json_tuple: ['name'],
  named_struct: [],
  map_contains_key: [],
};

const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());

const isWanted = (definition: AnyFunction): boolean =>
  definition.group !== 'operator' && !left.has(definition.name) && definition.examples.length > 0;

/** The files by name, as they have to be. */
export function builderFiles(): ReadonlyMap<string, string> {
  const families = new Map<string, AnyFunction[]>();
  for (const definition of allFunctions.filter(isWanted)) {
    const family = families.get(definition.group);
    if (family === undefined) families.set(definition.group, [definition]);
    else family.push(definition);
  }
  const files = new Map([...families].map(([family, definitions]) => [`${family}.ts`, fileOf(definitions)] as const));
  const index = [...families.keys()].map((family) => `export * from './${family}.js';\n`).join('');
  return files.set('index.ts', header + index);
}

const header = '// Made from the definitions of the functions: `npm run builders:update`.\n';

function fileOf(definitions: readonly AnyFunction[]): string {
  const body = definitions.map(functionOf).join('\n');
  const helpers = ['argument', 'lambda', 'make', 'setting'].filter((name) => new RegExp(`\\b${name}\\(`).test(body));
  const types = ['Argument', 'LambdaArgument', 'Setting'].filter((name) =>
    new RegExp(`[:<] ?(?:readonly )?${name}\\b`).test(body),
  );
  const names = [...types.map((name) => `type ${name}`), ...helpers].sort((a, b) =>
    a.replace('type ', '').localeCompare(b.replace('type ', '')),
  );
  return `${header}import { ${names.join(', ')} } from '../arguments.js';\nimport type { Expr } from '../builder.js';\n\n${body}`;
}

function functionOf(definition: AnyFunction): string {
  const { name, aliases = [], summary, examples, params } = definition;
  const names = params.map((param, i) => {
    const used = params.slice(0, i).filter((other) => other.name === param.name).length;
    return camel(identifier(param.name)) + (used > 0 ? String(used + 1) : '');
  });
  const signature = params.map((param, i) => {
    const type = typeOf(param, name);
    return param.rest ? `...${names[i]!}: readonly ${type}[]` : `${names[i]!}${param.optional ? '?' : ''}: ${type}`;
  });
  const args = params.map((param, i) => {
    const helper = param.lambda ? 'lambda' : isSetting(param, name) ? 'setting' : 'argument';
    const value = names[i]!;
    return param.rest ? `...${value}.map((value) => ${helper}(value))` : `${helper}(${value})`;
  });
  const shown = examples.map(([sql, result]) => ` *     ${sql}  -- ${result}`.replaceAll('*/', '* /')).join('\n');
  const doc = `/**\n * ${summary.replaceAll('*/', '* /')}\n *\n * In SQL:\n *\n${shown}\n */`;
  const made = `${doc}\nexport const ${camel(name)} = (${signature.join(', ')}): Expr => make('${name}'${args.map((arg) => `, ${arg}`).join('')});\n`;
  const others = aliases.filter((alias) => /^[a-z]\w*$/.test(alias) && !left.has(alias));
  return (
    made +
    others
      .map((alias) => `/** The same as \`${camel(name)}\`. */\nexport const ${camel(alias)} = ${camel(name)};\n`)
      .join('')
  );
}

const isSetting = (param: Param, of: string): boolean =>
  of in more
    ? more[of]!.includes(param.name) || (more[of]!.length > 0 && settings.has(param.name))
    : settings.has(param.name) || param.constant === true;

function typeOf(param: Param, of: string): string {
  if (param.lambda) return 'LambdaArgument';
  return isSetting(param, of) ? 'Setting' : 'Argument';
}

/** Parameters may be called by words that JavaScript keeps for itself. */
const identifier = (name: string): string =>
  /^(?:function|default|in|for|new|case|if|with|switch)$/.test(name) ? `${name}_` : name;
