import { parseOffset } from '../zone-ids.js';
import { zoneNamed } from '../zone-names.js';
import { findZone, zoneOfOffset } from '../zone.js';
import type { Zone } from '../zone.js';
import type { NumberField, NumberPiece, OffsetShape, Piece } from './pieces.js';
import type { Texts } from './texts.js';

/** What a text says by a pattern, before it is put together to a moment. */
export interface Fields {
  readonly numbers: { [F in NumberField | 'era' | 'halfDay' | 'nano' | 'offset']?: number };
  zone: Zone | undefined;
}

/** A field beside those that number pieces have. */
type Field = keyof Fields['numbers'];

/**
 * Reads a text by the pieces of a pattern, as Java's strict parser does: widths are as the pattern says, case does not
 * matter. Undefined if the text does not match to its end.
 */
export function readFields(pieces: readonly Piece[], text: string, texts: Texts): Fields | undefined {
  const reader = new Reader(text, texts);
  return reader.all(pieces, 0) === text.length ? reader.fields : undefined;
}

/** Every method takes where it begins and gives where it ends, -1 if the text does not match. */
class Reader {
  fields: Fields = { numbers: {}, zone: undefined };
  private readonly upper: string;

  constructor(
    private readonly text: string,
    private readonly texts: Texts,
  ) {
    this.upper = text.toUpperCase();
  }

  all(pieces: readonly Piece[], at: number): number {
    for (const piece of pieces) {
      at = this.piece(piece, at);
      if (at < 0) return -1;
    }
    return at;
  }

  private piece(piece: Piece, at: number): number {
    switch (piece.kind) {
      case 'literal':
        return this.upper.startsWith(piece.text.toUpperCase(), at) ? at + piece.text.length : -1;
      case 'number':
        return this.number(piece, at);
      case 'text':
        return this.word(piece.field as 'era' | 'month' | 'halfDay', piece.full, at);
      case 'fraction':
        return this.fraction(piece.min, piece.max, at);
      case 'offset':
        return this.offset(piece.shape, piece.zero, at);
      case 'gmtOffset':
        return this.gmtOffset(piece.full, at);
      case 'zoneId':
        return this.zoneId(at);
      case 'zoneName':
        return this.zoneName(at);
      case 'optional': {
        const before: Fields = { numbers: { ...this.fields.numbers }, zone: this.fields.zone };
        const end = this.all(piece.pieces, at);
        if (end >= 0) return end;
        this.fields = before;
        return at;
      }
    }
  }

  /** A field that is there twice has to be the same. */
  private set(field: Field, value: number, end: number): number {
    const known = this.fields.numbers[field];
    if (known !== undefined && known !== value) return -1;
    this.fields.numbers[field] = value;
    return end;
  }

  private digitsAt(at: number, most: number): number {
    let n = 0;
    while (n < most && this.isDigit(at + n)) n++;
    return n;
  }

  private isDigit(at: number): boolean {
    const code = this.text.charCodeAt(at);
    return code >= 48 && code <= 57;
  }

  private number(piece: NumberPiece, at: number): number {
    const sign = this.text[at];
    const negative = sign === '-';
    if (negative ? piece.sign === 'never' : sign === '+' && piece.sign !== 'exceeds') return -1;
    const start = negative || sign === '+' ? at + 1 : at;
    let count = this.digitsAt(start, piece.max + piece.following);
    if (count < piece.min) return -1;
    // What follows without a sign between takes its width from the end.
    if (piece.following > 0) count = Math.max(piece.min, count - piece.following);
    if (piece.sign === 'exceeds' && !negative && count > piece.min !== (sign === '+')) return -1;
    const value = Number(this.text.slice(start, start + count));
    if (negative && value === 0) return -1;
    const full = piece.reduced ? 2000 + value : negative ? -value : value;
    return this.set(piece.field, full, start + count);
  }

  private word(field: 'era' | 'month' | 'halfDay', full: boolean, at: number): number {
    const words = this.texts[full ? 'full' : 'short'][field];
    let best = -1;
    words.forEach((word, i) => {
      const longer = best < 0 || word.length > words[best]!.length;
      if (longer && word !== '' && this.upper.startsWith(word.toUpperCase(), at)) best = i;
    });
    if (best < 0) return -1;
    return this.set(field, field === 'month' ? best + 1 : best, at + words[best]!.length);
  }

  private fraction(min: number, max: number, at: number): number {
    const count = this.digitsAt(at, max);
    if (count < min) return -1;
    return this.set('nano', Number(this.text.slice(at, at + count).padEnd(9, '0')), at + count);
  }

  private offset(shape: OffsetShape, zero: string, at: number): number {
    if (this.upper.startsWith(zero, at)) return this.set('offset', 0, at + zero.length);
    const colon = shape.colon ? ':' : '';
    const part = `${colon}(\\d\\d)`;
    const minutes = shape.minutes === 'always' ? part : `(?:${part})?`;
    const seconds = shape.seconds === 'optional' ? `(?:${part})?` : '';
    return this.signed(new RegExp(`([+-])(\\d\\d)${minutes}${seconds}`, 'y'), at);
  }

  /** An offset after `GMT`, which alone means none. */
  private gmtOffset(full: boolean, at: number): number {
    if (!this.upper.startsWith('GMT', at)) return -1;
    const end = this.signed(
      full ? /([+-])(\d\d):(\d\d)(?::(\d\d))?/y : /([+-])(\d\d?)(?::(\d\d)(?::(\d\d))?)?/y,
      at + 3,
    );
    return end < 0 ? this.set('offset', 0, at + 3) : end;
  }

  private signed(pattern: RegExp, at: number): number {
    pattern.lastIndex = at;
    const match = pattern.exec(this.text);
    if (match === null) return -1;
    const [hours, minutes, seconds] = [Number(match[2]), Number(match[3] ?? 0), Number(match[4] ?? 0)];
    if (hours > 23 || minutes > 59 || seconds > 59) return -1;
    const total = hours * 3600 + minutes * 60 + seconds;
    return this.set('offset', match[1] === '-' ? -total : total, pattern.lastIndex);
  }

  private zoneId(at: number): number {
    const match = /(?:(?:UTC?|GMT)?[+-]\d\d(?::?\d\d(?::?\d\d)?)?|[A-Za-z][\w~/.+-]*)/y;
    match.lastIndex = at;
    const found = match.exec(this.text)?.[0] ?? '';
    if (/^[+-]/.test(found)) {
      const offset = parseOffset(found);
      return this.setZone(offset === undefined ? undefined : zoneOfOffset(offset), at + found.length);
    }
    for (let length = found.length; length > 0; length--) {
      const zone = zoneInAnyCase(found.slice(0, length));
      if (zone !== undefined) return this.setZone(zone, at + length);
    }
    return -1;
  }

  private zoneName(at: number): number {
    const named = zoneNamed(this.upper, at);
    const id = /[\w~/.+-]*/y;
    id.lastIndex = at;
    // `Europe/Paris` and `GMT+8` are longer than any name that they begin with.
    const length = id.exec(this.text)![0].length;
    if (named !== undefined && named.end - at >= length) return this.setZone(named.zone, named.end);
    const end = this.zoneId(at);
    return end < 0 && named !== undefined ? this.setZone(named.zone, named.end) : end;
  }

  private setZone(zone: Zone | undefined, end: number): number {
    if (zone === undefined || (this.fields.zone !== undefined && this.fields.zone !== zone)) return -1;
    this.fields.zone = zone;
    return end;
  }
}

function zoneInAnyCase(id: string): Zone | undefined {
  const words = id.toLowerCase().replace(/(?<![a-z])[a-z]/g, (letter) => letter.toUpperCase());
  return findZone(id) ?? findZone(id.toUpperCase()) ?? findZone(words);
}
