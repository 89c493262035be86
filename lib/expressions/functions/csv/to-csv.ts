import type { Column, StructColumn } from '../../../columns/index.js';
import { csvTexts } from '../../../formats/csv/texts.js';
import { simpleString, string } from '../../../schema/index.js';
import { invalid } from '../../errors.js';
import type { Value } from '../../values.js';
import { type Constant, columnOf, readerOf, toColumn } from '../../vector.js';
import type { Binding, FunctionDef } from '../define.js';
import { optionsArgument } from '../json/arguments.js';
import { timeWriterOf } from '../json/options.js';
import { any, optional } from '../params.js';
import { writeOptionsOf } from './options.js';

export const toCsv: FunctionDef = {
  name: 'to_csv',
  group: 'csv',
  usage: 'struct[, options]',
  summary:
    'The fields of a struct as a CSV record; null if it would be blank. Arrays are written as `[1, 2]`, maps as `{a -> 1}`. The options are those of CSV files, and dateFormat, timestampFormat, timestampNTZFormat, timeZone.',
  examples: [
    ["to_csv(named_struct('a', 1, 'b', 'x,y'))", '1,"x,y"'],
    ["to_csv(named_struct('d', DATE'2020-02-29'), map('dateFormat', 'dd/MM/yyyy'))", '29/02/2020'],
  ],
  params: [any('struct'), optional(any('options'))],
  returns: ([type]) => {
    if (type!.kind === 'struct' || type!.kind === 'void') return string();
    const message = `to_csv takes a struct, not a value of type ${simpleString(type!).toUpperCase()}.`;
    throw invalid('DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE', message);
  },
  evaluate: (binding) => {
    const encode = encoderOf(binding);
    return (value: Value) => readerOf(encode(columnOf(binding.types[0]!, [value]) as StructColumn))(0);
  },
  vector: (binding) => {
    if (binding.types[0]!.kind === 'void') return undefined;
    const encode = encoderOf(binding);
    return (args, n) => encode(toColumn(args[0] as Column | Constant, n) as StructColumn);
  },
};

function encoderOf(binding: Binding): (column: StructColumn) => Column {
  const options = optionsArgument(binding, 1);
  return csvTexts(writeOptionsOf('to_csv', options), {
    times: timeWriterOf(options, binding.zone),
    wordyTimes: ['dateFormat', 'timestampFormat', 'timestampNTZFormat'].some(
      (name) => options.text(name) !== undefined,
    ),
    innerNull: options.text('nullValue'),
  });
}
