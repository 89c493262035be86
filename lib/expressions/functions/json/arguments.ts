import { SluiceError } from '../../../errors/index.js';
import { OptionMap } from '../../../formats/option-map.js';
import { type DataType, parseTypeOrSchema, typeFromJson } from '../../../schema/index.js';
import { invalid } from '../../errors.js';
import type { Binding, Param } from '../define.js';

/*
 * The arguments that the functions on JSON and CSV have in common.
 */

type Untyped = Omit<Binding, 'type'>;

/** A string, and nothing that would have to be cast to one. */
export const onlyText = (name: string): Param => ({
  name,
  coerce: ({ kind }) => (kind === 'string' || kind === 'void' ? { kind: 'string' } : undefined),
});

/** The type that constant argument `i` describes: DDL of a type or of columns, or the JSON form of a type. */
export function schemaArgument(binding: Untyped, i: number): DataType {
  const text = binding.constant(i);
  if (typeof text !== 'string') {
    const message = "The schema must be a constant text, such as 'a INT, b STRING', or schema_of_json(…) of one.";
    throw invalid('INVALID_SCHEMA.NON_STRING_LITERAL', message);
  }
  try {
    return text.trimStart().startsWith('{') ? typeFromJson(text) : parseTypeOrSchema(text);
  } catch (error) {
    if (error instanceof SluiceError) throw invalid('INVALID_SCHEMA.PARSE_ERROR', error.message);
    throw error;
  }
}

/** The options in constant argument `i`; none if it is not given. */
export function optionsArgument(binding: Untyped, i: number): OptionMap {
  const type = binding.types[i];
  if (type === undefined) return new OptionMap();
  const entries = binding.constant(i);
  if (type.kind !== 'map' || !Array.isArray(entries)) {
    throw invalid(
      'INVALID_OPTIONS.NON_MAP_FUNCTION',
      "Options must be a constant map, such as map('mode', 'FAILFAST').",
    );
  }
  const isText = ({ kind }: DataType): boolean => kind === 'string' || (kind === 'void' && entries.length === 0);
  if (!isText(type.key) || !isText(type.value)) {
    throw invalid('INVALID_OPTIONS.NON_STRING_TYPE', "Options are texts on both sides: map('header', 'true').");
  }
  return new OptionMap((entries as [string, string | null][]).filter((e): e is [string, string] => e[1] !== null));
}

/** What becomes of a text that does not fit. */
export function failFastOption(name: string, options: OptionMap): boolean {
  const mode = options.text('mode')?.toUpperCase();
  if (mode === 'DROPMALFORMED') {
    const message = `${name} gives a value for every row, so it cannot have the mode DROPMALFORMED. It has PERMISSIVE and FAILFAST.`;
    throw invalid('PARSE_MODE_UNSUPPORTED', message);
  }
  return mode === 'FAILFAST';
}

/** The field that gets the text of what does not fit, which must be able to. */
export function corruptFieldOption(type: DataType, options: OptionMap): string {
  const name = options.text('columnNameOfCorruptRecord') ?? '_corrupt_record';
  const field = type.kind === 'struct' ? type.fields.find((f) => f.name === name) : undefined;
  if (field !== undefined && field.type.kind !== 'string') {
    throw invalid('INVALID_CORRUPT_RECORD_TYPE', `The field '${name}' of corrupt records must be a STRING.`);
  }
  return name;
}
