import { type BytesColumn, type Column, PlainColumn } from '../../columns/index.js';
import { string } from '../../schema/index.js';
import { Output } from '../scan/output.js';
import { BytesWriter } from '../scan/writers.js';
import { indented } from './indent.js';
import { type JsonValueRules, JsonValues } from './values.js';

/** How a text is changed once it is there. */
export interface TextShape {
  /** Puts every field on a line of its own. */
  readonly pretty: boolean;
  /** Escapes what is not ASCII. */
  readonly writeNonAsciiCharacterAsCodePoint: boolean;
}

export interface TextRules extends JsonValueRules, TextShape {}

/** Encodes a column of structs, arrays or maps as a column of JSON texts. */
export function jsonTexts(rules: TextRules): (column: Column) => BytesColumn {
  const out = new Output();
  const values = new JsonValues(out, rules);
  const reshape = reshaper(rules);
  return (column) => {
    const source = values.source(column);
    const writer = new BytesWriter(string());
    for (let i = 0; i < column.length; i++) {
      if (column instanceof PlainColumn || !column.isValid(i)) {
        writer.appendNull();
        continue;
      }
      out.length = 0;
      values.value(source, i);
      if (reshape === undefined) writer.append(out.bytes, 0, out.length);
      else writer.appendText(reshape(out.bytes.toString('utf8', 0, out.length)));
    }
    return writer.finish();
  };
}

/** Undefined where texts stay as they are. */
export function reshaper({
  pretty,
  writeNonAsciiCharacterAsCodePoint: ascii,
}: TextShape): ((text: string) => string) | undefined {
  if (!pretty && !ascii) return undefined;
  return (text) => {
    const written = pretty ? indented(text) : text;
    return ascii ? escaped(written) : written;
  };
}

const escaped = (text: string): string =>
  text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
