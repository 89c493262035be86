import type { BytesColumn, Column } from '../../../columns/index.js';
import { isCsvType } from '../../../formats/csv/columns.js';
import { CsvDocuments } from '../../../formats/csv/documents.js';
import { decimalsIn } from '../../../formats/scan/decimals.js';
import { nullable } from '../../../formats/nullable.js';
import { type StructType, simpleString, string } from '../../../schema/index.js';
import { invalid } from '../../errors.js';
import { type Constant, columnOf, readerOf, toColumn } from '../../vector.js';
import type { Binding, FunctionDef } from '../define.js';
import { corruptFieldOption, failFastOption, onlyText, optionsArgument, schemaArgument } from '../json/arguments.js';
import { any, optional } from '../params.js';
import { readRulesOf, timeReaderOf } from './options.js';

export const fromCsv: FunctionDef = {
  name: 'from_csv',
  group: 'csv',
  usage: 'csvStr, schema[, options]',
  summary:
    'The fields of a CSV record as a struct. The schema is DDL of columns, or `schema_of_csv(…)`. Fields that are absent or not of their type are missing, and a field `_corrupt_record STRING` gets the text of such a record. The options are those of CSV files, with the modes PERMISSIVE and FAILFAST.',
  examples: [
    ["from_csv('1,x', 'a INT, b STRING').b", 'x'],
    ["from_csv('26/08/2015', 'd DATE', map('dateFormat', 'dd/MM/yyyy')).d", '2015-08-26'],
    ["from_csv('1;2', 'a INT, b INT', map('sep', ';')).b", '2'],
  ],
  params: [onlyText('csvStr'), any('schema'), optional(any('options'))],
  returns: (_, binding) => structType(binding),
  nullable: false,
  evaluate: (binding) => {
    const documents = documentsOf(binding);
    return (text: string) => readerOf(documents.decode(columnOf(string(), [text]) as BytesColumn))(0);
  },
  vector: (binding) => {
    const documents = documentsOf(binding);
    return (args, n) => documents.decode(toColumn(args[0] as Column | Constant, n) as BytesColumn);
  },
};

function structType(binding: Omit<Binding, 'type'>): StructType {
  const type = nullable(schemaArgument(binding, 1));
  if (type.kind !== 'struct') {
    const message = `from_csv gives a struct, not a value of type ${simpleString(type).toUpperCase()}.`;
    throw invalid('INVALID_SCHEMA.NON_STRUCT_TYPE', message);
  }
  const wrong = type.fields.find((f) => !isCsvType(f.type));
  if (wrong === undefined) return type;
  const message = `from_csv: the field '${wrong.name}' is of the type ${simpleString(wrong.type).toUpperCase()}, which CSV cannot hold.`;
  throw invalid('UNSUPPORTED_DATATYPE', message);
}

function documentsOf(binding: Binding): CsvDocuments {
  const options = optionsArgument(binding, 2);
  const type = binding.type as StructType;
  return new CsvDocuments(type, {
    ...readRulesOf('from_csv', options),
    times: timeReaderOf(options, binding.zone),
    decimals: decimalsIn(options.text('locale')),
    failFast: failFastOption('from_csv', options),
    corruptField: corruptFieldOption(type, options),
  });
}
