import { isLong, microsFrom, SECONDS_PER_DAY } from '../instant.js';
import type { Zone } from '../zone.js';
import { compile } from './compile.js';
import { readFields } from './parse.js';
import type { Piece } from './pieces.js';
import { resolve } from './resolve.js';
import type { Resolved } from './resolve.js';
import { english, textsOf } from './texts.js';
import type { Texts } from './texts.js';

/** Reads dates and times by a pattern that is compiled once. Undefined always means: the text does not match. */
export class PatternReader {
  private readonly pieces: readonly Piece[];
  private readonly texts: Texts;

  /** @throws ExpressionError as `compile` does */
  constructor(
    readonly pattern: string,
    locale = 'en-US',
  ) {
    this.pieces = compile(pattern, 'parse');
    this.texts = locale === 'en-US' ? english : textsOf(locale);
  }

  /** An instant; `zone` is that of texts without one. */
  read(text: string, zone: Zone): bigint | undefined {
    const moment = this.moment(text);
    if (moment === undefined) return undefined;
    const local = moment.days * SECONDS_PER_DAY + moment.secondOfDay;
    const micros = microsFrom((moment.zone ?? zone).instantOf(local), moment.micros);
    return isLong(micros) ? micros : undefined;
  }

  /** The time on the clock; a zone in the text is dropped, or refused (`zoned` false). */
  readLocal(text: string, zoned = true): bigint | undefined {
    const moment = this.moment(text);
    if (moment === undefined || (!zoned && moment.zone !== undefined)) return undefined;
    const micros = microsFrom(moment.days * SECONDS_PER_DAY + moment.secondOfDay, moment.micros);
    return isLong(micros) ? micros : undefined;
  }

  readDate(text: string): number | undefined {
    return this.moment(text)?.days;
  }

  private moment(text: string): Resolved | undefined {
    const fields = readFields(this.pieces, text, this.texts);
    return fields === undefined ? undefined : resolve(fields);
  }
}
