import { JsonInference, settledType } from '../../../formats/json/infer.js';
import { type DataType, array, formatType, string, structOf } from '../../../schema/index.js';
import { encodeText } from '../../../text/index.js';
import { failed, invalid } from '../../errors.js';
import type { FunctionDef } from '../define.js';
import { any, constant, optional } from '../params.js';
import { optionsArgument, onlyText } from './arguments.js';
import { grammarOf, timeReaderOf } from './options.js';

export const schemaOfJson: FunctionDef = {
  name: 'schema_of_json',
  group: 'json',
  usage: 'json[, options]',
  summary:
    'The type of a JSON text, which must be constant, as DDL. Options, beside those of the grammar: primitivesAsString, prefersDecimal, inferTimestamp, timestampFormat, dropFieldIfAllNull.',
  examples: [
    [`schema_of_json('[{"a":1},{"b":"x"}]')`, 'ARRAY<STRUCT<a: BIGINT, b: STRING>>'],
    [`schema_of_json('{"a":1.5}', map('prefersDecimal', 'true'))`, 'STRUCT<a: DECIMAL(2,1)>'],
  ],
  params: [constant(onlyText('json')), optional(any('options'))],
  returns: (_, binding) => {
    if (binding.constant(0) !== null) return string();
    throw invalid('DATATYPE_MISMATCH.UNEXPECTED_NULL', 'schema_of_json needs a text, not null.');
  },
  nullable: 'never',
  evaluate: (binding) => {
    const options = optionsArgument(binding, 1);
    const rules = options.flags({ primitivesAsString: false, prefersDecimal: false, inferTimestamp: false });
    const { dropFieldIfAllNull } = options.flags({ dropFieldIfAllNull: false });
    const inference = new JsonInference({ ...rules, grammar: grammarOf(options), times: timeReaderOf(options, 'UTC') });
    return (json: string) => {
      const bytes = encodeText(json);
      const type = inference.typeOf(bytes, 0, bytes.length);
      if (type !== undefined) return formatType(settled(type, dropFieldIfAllNull));
      throw failed(
        'MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION',
        `schema_of_json: at byte ${inference.foundAt} there is ${inference.found}.`,
      );
    };
  },
};

/** The root is never left out, whatever becomes of what is in it. */
function settled(type: DataType, dropVoid: boolean): DataType {
  if (type.kind === 'struct') return settledType(type, dropVoid) ?? structOf([]);
  if (type.kind === 'array' && type.element.kind === 'struct') return array(settled(type.element, dropVoid));
  return settledType(type, dropVoid) ?? string();
}
