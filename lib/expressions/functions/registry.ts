import { aggregates } from './aggregate/index.js';
import { arrayFunctions } from './array/index.js';
import { conditionals } from './conditional/index.js';
import { csvFunctions } from './csv/index.js';
import { datetimeFunctions } from './datetime/index.js';
import type {
  AggregateDef,
  AnyFunction,
  FunctionDef,
  GeneratorDef,
  MacroDef,
  SpecialDef,
  WindowDef,
} from './define.js';
import { generatorFunctions } from './generator/index.js';
import { hashFunctions } from './hash/index.js';
import { jsonFunctions } from './json/index.js';
import { mapFunctions } from './map/index.js';
import { miscFunctions } from './misc/index.js';
import { numericFunctions } from './numeric/index.js';
import { operators } from './operator/index.js';
import { stringFunctions } from './string/index.js';
import { structFunctions } from './struct/index.js';
import { urlFunctions } from './url/index.js';
import { windowFunctions } from './window/index.js';

/** Every function, by family. */
export const allFunctions: readonly AnyFunction[] = [
  ...operators,
  ...conditionals,
  ...stringFunctions,
  ...urlFunctions,
  ...numericFunctions,
  ...datetimeFunctions,
  ...arrayFunctions,
  ...mapFunctions,
  ...structFunctions,
  ...generatorFunctions,
  ...jsonFunctions,
  ...csvFunctions,
  ...hashFunctions,
  ...miscFunctions,
  ...windowFunctions,
  ...aggregates,
];

const byName = new Map<string, AnyFunction>();
for (const definition of allFunctions) {
  for (const name of [definition.name, ...(definition.aliases ?? [])]) {
    if (byName.has(name)) throw new Error(`Two functions are called ${name}.`);
    byName.set(name, definition);
  }
}

/** The function of that SQL name, in any case. */
export const findFunction = (name: string): AnyFunction | undefined => byName.get(name.toLowerCase());

export const functionNames = (): IterableIterator<string> => byName.keys();

export const isScalar = (definition: AnyFunction): definition is FunctionDef => 'evaluate' in definition;
export const isMacro = (definition: AnyFunction): definition is MacroDef => 'rewrite' in definition;
export const isGenerator = (definition: AnyFunction): definition is GeneratorDef => 'generate' in definition;
export const isWindow = (definition: AnyFunction): definition is WindowDef => 'windows' in definition;
export const isAggregate = (definition: AnyFunction): definition is AggregateDef => 'accumulate' in definition;
export const isSpecial = (definition: AnyFunction): definition is SpecialDef => 'bind' in definition;
