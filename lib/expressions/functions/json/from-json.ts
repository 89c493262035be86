import type { BytesColumn, Column } from '../../../columns/index.js';
import { type DocumentOptions, JsonDocuments } from '../../../formats/json/documents.js';
import { decimalsIn } from '../../../formats/scan/decimals.js';
import { nullable } from '../../../formats/nullable.js';
import {
  type ArrayType,
  type DataType,
  type MapType,
  type StructType,
  simpleString,
  string,
} from '../../../schema/index.js';
import { invalid } from '../../errors.js';
import { type Constant, columnOf, readerOf, toColumn } from '../../vector.js';
import type { Binding, FunctionDef } from '../define.js';
import { any, optional } from '../params.js';
import { corruptFieldOption, failFastOption, onlyText, optionsArgument, schemaArgument } from './arguments.js';
import { grammarOf, timeReaderOf } from './options.js';

export const fromJson: FunctionDef = {
  name: 'from_json',
  group: 'json',
  usage: 'jsonStr, schema[, options]',
  summary:
    'The value of a JSON text as a struct, array or map. The schema is DDL of columns or of a type, or `schema_of_json(…)`. Fields that are absent or not of their type are missing; of a text that is not JSON everything is, and a field `_corrupt_record STRING` gets it. The options are those of JSON files, with the modes PERMISSIVE and FAILFAST.',
  examples: [
    [`from_json('{"a":1,"b":"x"}', 'a INT, b STRING').b`, 'x'],
    [`from_json('[1, 2]', 'ARRAY<INT>')`, '[1, 2]'],
    [`from_json('{"t":"26/08/2015"}', 't TIMESTAMP', map('timestampFormat', 'dd/MM/yyyy')).t`, '2015-08-26 00:00:00'],
  ],
  params: [onlyText('jsonStr'), any('schema'), optional(any('options'))],
  returns: (_, binding) => rootType(binding),
  evaluate: (binding) => {
    const documents = new JsonDocuments(rootType(binding), documentOptions(binding));
    return (text: string) => readerOf(documents.decode(columnOf(string(), [text]) as BytesColumn))(0);
  },
  vector: (binding) => {
    const documents = new JsonDocuments(rootType(binding), documentOptions(binding));
    return (args, n) => documents.decode(toColumn(args[0] as Column | Constant, n) as BytesColumn);
  },
};

function rootType(binding: Omit<Binding, 'type'>): StructType | ArrayType | MapType {
  const type = nullable(schemaArgument(binding, 1));
  if (type.kind !== 'struct' && type.kind !== 'array' && type.kind !== 'map') {
    const message = `from_json gives a struct, an array or a map, not a value of type ${simpleString(type).toUpperCase()}.`;
    throw invalid('DATATYPE_MISMATCH.INVALID_JSON_SCHEMA', message);
  }
  checkKeys(type);
  return type;
}

function checkKeys(type: DataType): void {
  if (type.kind === 'struct') type.fields.forEach((f) => checkKeys(f.type));
  else if (type.kind === 'array') checkKeys(type.element);
  else if (type.kind === 'map') {
    if (type.key.kind !== 'string') {
      const message = `The names in a JSON object are texts, so the keys of a map must be STRING, not ${simpleString(type.key).toUpperCase()}.`;
      throw invalid('DATATYPE_MISMATCH.INVALID_JSON_MAP_KEY_TYPE', message);
    }
    checkKeys(type.value);
  }
}

function documentOptions(binding: Binding): DocumentOptions {
  const options = optionsArgument(binding, 2);
  return {
    grammar: grammarOf(options),
    times: timeReaderOf(options, binding.zone),
    quotedDecimals: decimalsIn(options.text('locale')),
    failFast: failFastOption('from_json', options),
    corruptField: corruptFieldOption(binding.type, options),
  };
}
