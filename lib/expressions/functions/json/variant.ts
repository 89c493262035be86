import { invalid } from '../../errors.js';
import type { SpecialDef } from '../define.js';
import { any, optional, rest } from '../params.js';

/** VARIANT is a type that there is not here; its functions say what to use instead. */
const refused = (name: string, usage: string, instead: string): SpecialDef => ({
  name,
  group: 'json',
  usage,
  summary: `Not supported: there is no type VARIANT. ${instead}`,
  examples: [],
  params: [optional(rest(any('value')))],
  bind: () => {
    throw invalid('UNSUPPORTED_FEATURE.VARIANT', `${name}: there is no type VARIANT. ${instead}`);
  },
});

const parsed = 'Use from_json with a schema.';
const taken = 'Use get_json_object on the JSON text.';

export const variantFunctions: readonly SpecialDef[] = [
  refused('parse_json', 'json', parsed),
  refused('try_parse_json', 'json', parsed),
  refused('to_variant_object', 'value', 'Use to_json.'),
  refused('variant_get', 'variant, path[, type]', taken),
  refused('try_variant_get', 'variant, path[, type]', taken),
  refused('is_variant_null', 'variant', taken),
  refused('schema_of_variant', 'variant', 'Use schema_of_json.'),
  refused('schema_of_variant_agg', 'variant', 'Use schema_of_json.'),
];
