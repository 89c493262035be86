import { zoneOf } from '../../../datetime/zone.js';
import { fieldsOf } from '../../../formats/csv/documents.js';
import { CsvInference, settledField, unknownField } from '../../../formats/csv/infer.js';
import { TimeReader } from '../../../formats/scan/times.js';
import { field, formatType, string, structOf } from '../../../schema/index.js';
import { encodeText } from '../../../text/index.js';
import { failed, invalid } from '../../errors.js';
import type { FunctionDef } from '../define.js';
import { onlyText, optionsArgument } from '../json/arguments.js';
import { any, constant, optional } from '../params.js';
import { readRulesOf } from './options.js';

/** The patterns of dates that are timestamps, too, when those are read without a pattern. */
const dateLike = /^yyyy(?:-MM?(?:-dd?)?)?$/;

export const schemaOfCsv: FunctionDef = {
  name: 'schema_of_csv',
  group: 'csv',
  usage: 'csv[, options]',
  summary:
    'The types of the fields of a CSV record, which must be constant, as DDL. The fields are called _c0, _c1, …. Options, beside those of the form of CSV: dateFormat, timestampFormat, preferDate.',
  examples: [["schema_of_csv('1,abc')", 'STRUCT<_c0: INT, _c1: STRING>']],
  params: [constant(onlyText('csv')), optional(any('options'))],
  returns: (_, binding) => {
    if (binding.constant(0) !== null) return string();
    throw invalid('DATATYPE_MISMATCH.UNEXPECTED_NULL', 'schema_of_csv needs a text, not null.');
  },
  nullable: 'never',
  evaluate: (binding) => {
    const options = optionsArgument(binding, 1);
    const { dialect, words, nullText } = readRulesOf('schema_of_csv', options);
    const preferDate = options.flag('preferDate') ?? true;
    const timestampFormat = options.text('timestampFormat');
    const dateFormat = options.text('dateFormat') ?? (preferDate ? 'yyyy-MM-dd' : undefined);
    const times = new TimeReader(zoneOf(options.text('timeZone') ?? 'UTC'), {
      dateFormat,
      timestampFormat,
      timestampNTZFormat: options.text('timestampNTZFormat'),
      locale: options.text('locale'),
    });
    const datesAreTimestamps = timestampFormat === undefined && dateLike.test(dateFormat ?? 'yyyy-MM-dd');
    const inference = new CsvInference({ words, times, preferDate, datesAreTimestamps });
    return (csv: string) => {
      const fields = fieldsOf(encodeText(csv), dialect, nullText);
      if (fields === undefined) throw failed('MALFORMED_CSV_RECORD', 'schema_of_csv: the record is blank.');
      const types = fields.map((text) => settledField(inference.widened(unknownField, text)));
      return formatType(structOf(types.map((type, i) => field(`_c${i}`, type))));
    };
  },
};
