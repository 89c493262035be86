import type { Column } from '../../../columns/index.js';
import { jsonTexts } from '../../../formats/json/texts.js';
import { type DataType, simpleString, string } from '../../../schema/index.js';
import { invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import { type Constant, columnOf, readerOf, toColumn } from '../../vector.js';
import type { Binding, FunctionDef } from '../define.js';
import { any, optional } from '../params.js';
import { optionsArgument } from './arguments.js';
import { timeWriterOf } from './options.js';

export const toJson: FunctionDef = {
  name: 'to_json',
  group: 'json',
  usage: 'expr[, options]',
  summary:
    'A struct, array or map as JSON text. Missing fields are left out, unless the option ignoreNullFields is false. Further options: dateFormat, timestampFormat, timestampNTZFormat, timeZone, locale, pretty, writeNonAsciiCharacterAsCodePoint.',
  examples: [
    ["to_json(named_struct('a', 1, 'b', NULL))", '{"a":1}'],
    ['to_json(array(1, NULL))', '[1,null]'],
    ["to_json(named_struct('d', DATE'2020-02-29'), map('dateFormat', 'dd/MM/yyyy'))", '{"d":"29/02/2020"}'],
  ],
  params: [any('expr'), optional(any('options'))],
  returns: ([type]) => {
    checkType(type!);
    return string();
  },
  nullable: false,
  evaluate: (binding) => {
    const encode = encoderOf(binding);
    return (value: Value) => readerOf(encode(columnOf(binding.types[0]!, [value])))(0);
  },
  vector: (binding) => {
    const encode = encoderOf(binding);
    return (args, n) => encode(toColumn(args[0] as Column | Constant, n));
  },
};

function checkType(type: DataType): void {
  if (['struct', 'array', 'map', 'void'].includes(type.kind)) return;
  const message = `to_json takes a struct, an array or a map, not a value of type ${simpleString(type).toUpperCase()}.`;
  throw invalid('DATATYPE_MISMATCH.INVALID_JSON_SCHEMA', message);
}

function encoderOf(binding: Binding): (column: Column) => Column {
  const options = optionsArgument(binding, 1);
  return jsonTexts({
    ...options.flags({ ignoreNullFields: true, pretty: false, writeNonAsciiCharacterAsCodePoint: false }),
    times: timeWriterOf(options, binding.zone),
  });
}
