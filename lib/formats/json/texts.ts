import { type BytesColumn, type Column, PlainColumn } from '../../columns/index.js';
import { string } from '../../schema/index.js';
import { Output } from '../scan/output.js';
import { BytesWriter } from '../scan/writers.js';
import { indented } from './indent.js';
import { type JsonValueRules, JsonValues } from './values.js';

export interface TextRules extends JsonValueRules {
  /** Puts every field on a line of its own. */
  readonly pretty: boolean;
  /** Escapes what is not ASCII. */
  readonly writeNonAsciiCharacterAsCodePoint: boolean;
}

/** Encodes a column of structs, arrays or maps as a column of JSON texts. */
export function jsonTexts(rules: TextRules): (column: Column) => BytesColumn {
  const out = new Output();
  const values = new JsonValues(out, rules);
  const { pretty, writeNonAsciiCharacterAsCodePoint: ascii } = rules;
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
      if (!pretty && !ascii) {
        writer.append(out.bytes, 0, out.length);
        continue;
      }
      const text = out.bytes.toString('utf8', 0, out.length);
      const written = pretty ? indented(text) : text;
      writer.appendText(ascii ? escaped(written) : written);
    }
    return writer.finish();
  };
}

const escaped = (text: string): string =>
  text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`);
