import { zoneOf } from '../../../datetime/zone.js';
import type { Leniency } from '../../../formats/json/options.js';
import type { OptionMap } from '../../../formats/option-map.js';
import { TimeReader, TimeWriter } from '../../../formats/scan/times.js';

export function grammarOf(options: OptionMap): Leniency {
  return options.flags({
    allowSingleQuotes: true,
    allowNonNumericNumbers: true,
    allowUnquotedFieldNames: false,
    allowComments: false,
    allowNumericLeadingZeros: false,
    allowBackslashEscapingAnyCharacter: false,
    allowUnquotedControlChars: false,
  });
}

const formatsOf = (options: OptionMap) => ({
  dateFormat: options.text('dateFormat'),
  timestampFormat: options.text('timestampFormat'),
  timestampNTZFormat: options.text('timestampNTZFormat'),
  locale: options.text('locale'),
});

/** @param zone of the session */
export function timeReaderOf(options: OptionMap, zone: string): TimeReader {
  const fallback = options.flag('enableDateTimeParsingFallback');
  return new TimeReader(zoneOf(options.text('timeZone') ?? zone), {
    ...formatsOf(options),
    fallback,
    dayNumbers: fallback !== false,
  });
}

/** @param zone of the session */
export const timeWriterOf = (options: OptionMap, zone: string): TimeWriter =>
  new TimeWriter(zoneOf(options.text('timeZone') ?? zone), formatsOf(options));
