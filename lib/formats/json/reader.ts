import type { ListWriter, MapWriter, StructWriter } from '../scan/nested-writers.js';
import type { BooleanWriter, BytesWriter, DecimalWriter, LongWriter, PlainWriter } from '../scan/writers.js';
import { parsePlain } from './rare.js';
import { BROKEN, type JsonRules, JsonScalars, MISMATCH, OK, PARTIAL, type Status, isNumberStart } from './scalars.js';
import type { Fields, Key, Target } from './target.js';

/** What a record was found to be, beside a `Status`. */
export const BLANK = 4;

/** Reads records into writers. Which values fit which types is what Spark's JSON reader says. */
export class JsonReader extends JsonScalars {
  /** Records with all the columns asked for, so far and not yet taken. */
  rows = 0;
  /** The first value of a record that was not of its type, and of which; for messages. */
  mismatchAt = 0;
  mismatched: Target | null = null;

  constructor(
    rules: JsonRules,
    /** The columns of records. */
    private readonly columns: Fields,
  ) {
    super(rules);
  }

  /** Reads the record in `bytes[from, end)`: an object, or an array of objects. What follows it is not looked at. */
  record(from: number, end: number): Status | typeof BLANK {
    this.at = from;
    this.end = end;
    this.mismatched = null;
    const first = this.space();
    if (first === 123) return this.object(this.columns, this.rows, 1) === BROKEN ? BROKEN : this.endRow();
    if (first === 91) return this.rowsOfArray();
    if (first === -1) return BLANK;
    this.fail('neither an object nor an array');
    return BROKEN;
  }

  /** Reads the record in `bytes[from, end)` that is an element of an array of records. Nothing else may be there. */
  element(from: number, end: number): Status {
    this.at = from;
    this.end = end;
    this.mismatched = null;
    if (this.space() !== 123) {
      this.fail('something else than an object in the array of rows');
      return BROKEN;
    }
    if (this.object(this.columns, this.rows, 2) === BROKEN) return BROKEN;
    if (this.space() !== -1) {
      this.fail('no comma between two elements');
      return BROKEN;
    }
    return this.endRow();
  }

  /**
   * Reads the value in `bytes[from, end)` for `target`, of which nothing may count as written unless it is OK or
   * PARTIAL. An array of structs may be given as one object. What follows the value is not looked at.
   */
  document(target: Target, from: number, end: number): Status | typeof BLANK {
    this.at = from;
    this.end = end;
    this.mismatched = null;
    const first = this.space();
    if (first === -1) return BLANK;
    const start = this.at;
    let status: Status = MISMATCH;
    if (first === 123 && target.element?.kind === 'struct' && target.kind === 'array') {
      status = this.value(target.element, 1);
      if (status !== BROKEN) (target.writer as ListWriter).end();
    } else if (first !== 110 /* null */) {
      status = this.value(target, 1);
    }
    if (status === MISMATCH) {
      this.note(target, start);
      this.at = start;
      // Of an array or object the first byte is enough to say that it is of the wrong kind.
      if (first !== 91 && first !== 123 && !this.skip(1)) return BROKEN;
    }
    return status === OK && this.mismatched !== null ? PARTIAL : status;
  }

  private note(target: Target, at: number): void {
    if (this.mismatched !== null) return;
    this.mismatched = target;
    this.mismatchAt = at;
  }

  private endRow(): Status {
    this.rows++;
    return this.mismatched === null ? OK : PARTIAL;
  }

  private rowsOfArray(): Status {
    this.at++;
    let next = this.space();
    while (next !== 93) {
      if (next !== 123) {
        this.fail('something else than an object in the array of rows');
        return BROKEN;
      }
      if (this.object(this.columns, this.rows, 2) === BROKEN) return BROKEN;
      this.endRow();
      next = this.nextElement();
      if (next === -1) return BROKEN;
    }
    return this.mismatched === null ? OK : PARTIAL;
  }

  /** Reads an object as value number `row` of `fields`. Those that it does not have are missing. */
  private object(fields: Fields, row: number, depth: number): Status {
    if (!this.mayNest(depth)) return BROKEN;
    this.at++;
    let status: Status = OK;
    let filled = 0;
    let key = fields.head;
    let next = this.space();
    while (next !== 125) {
      const following = this.key(fields, key, next);
      if (following === null) return BROKEN;
      key = following;
      this.space();
      if (key.field === null) {
        if (!this.skip(depth + 1)) return BROKEN;
      } else {
        const { target } = key.field;
        const isNew = target.writer.length === row;
        if (isNew) filled++;
        const read = isNew ? this.field(target, depth + 1) : this.repeated(target, row, depth + 1);
        if (read === BROKEN) return BROKEN;
        if (read !== OK) status = PARTIAL;
      }
      next = this.nextMember();
      if (next === -1) return BROKEN;
    }
    this.at++;
    if (filled < fields.all.length) {
      for (const { target } of fields.all) if (target.writer.length === row) target.writer.appendNull();
    }
    return status;
  }

  /** Moves past a name and its colon. Most objects have the names of the one before, in the same order and spelling. */
  private key(fields: Fields, previous: Key, first: number): Key | null {
    const { bytes, at } = this;
    const guess = previous.next;
    if (guess !== null) {
      const { spelling } = guess;
      const { length } = spelling;
      if (at + length <= this.end) {
        let i = 0;
        while (i < length && bytes[at + i] === spelling[i]) i++;
        if (i === length) {
          this.at = at + length;
          return guess;
        }
      }
    }
    return this.otherKey(fields, previous, first);
  }

  private otherKey(fields: Fields, previous: Key, first: number): Key | null {
    const start = this.at;
    if (!this.name(first)) return null;
    const { source, from, to } = this;
    if (this.space() !== 58) {
      this.fail('no colon after a name');
      return null;
    }
    this.at++;
    let key = fields.known(this.bytes, start, this.at);
    if (key === undefined) {
      const field = fields.byNameOf(Buffer.from(source.buffer, source.byteOffset + from, to - from).toString());
      key = fields.learn(this.bytes, start, this.at, field) ?? { spelling: fields.head.spelling, field, next: null };
      // One that is not remembered must not be guessed: its spelling would fit anything.
      if (key.spelling.length === 0) return key;
    }
    previous.next = key;
    return key;
  }

  /** Reads a value in place of value number `row`, which stays if the new one is not of its type. */
  private repeated(target: Target, row: number, depth: number): Status {
    const start = this.at;
    const status = this.value(target, depth);
    if (status === BROKEN) return BROKEN;
    this.at = start;
    if (status === MISMATCH) {
      this.note(target, start);
      target.writer.truncate(row + 1);
      return this.skip(depth) ? PARTIAL : BROKEN;
    }
    target.writer.truncate(row);
    return this.value(target, depth);
  }

  /** Reads a value that may be missing instead of being wrong. */
  private field(target: Target, depth: number): Status {
    const start = this.at;
    const status = this.value(target, depth);
    if (status !== MISMATCH) return status;
    this.note(target, start);
    this.at = start;
    if (!this.skip(depth)) return BROKEN;
    target.writer.appendNull();
    return PARTIAL;
  }

  private value(target: Target, depth: number): Status {
    if (this.at >= this.end) {
      this.fail('nothing where a value was expected');
      return BROKEN;
    }
    const first = this.bytes[this.at]!;
    if (first === 110 /* n */) {
      if (!this.word(first)) return BROKEN;
      target.writer.appendNull();
      return OK;
    }
    switch (target.kind) {
      case 'string':
        return this.text(target.writer as BytesWriter, first, depth);
      case 'long':
      case 'int':
      case 'short':
      case 'byte':
        if (!isNumberStart(first)) return MISMATCH;
        if (!this.number()) return BROKEN;
        return this.integer ? this.whole(target) : MISMATCH;
      case 'double':
      case 'float':
        return this.fractional(target, first);
      case 'boolean':
        if (first !== 116 && first !== 102) return MISMATCH;
        if (!this.word(first)) return BROKEN;
        (target.writer as BooleanWriter).append(first === 116);
        return OK;
      case 'timestamp':
        if (!isNumberStart(first)) return this.timed(target, first);
        if (!this.number()) return BROKEN;
        return this.integer ? this.seconds(target.writer as LongWriter) : MISMATCH;
      case 'timestamp_ntz':
      case 'date':
        return this.timed(target, first);
      case 'decimal':
        return this.decimal(target.writer as DecimalWriter, first);
      case 'binary':
        return this.binary(target.writer as BytesWriter, first);
      case 'array':
        return first === 91 ? this.array(target, depth) : MISMATCH;
      case 'map':
        return first === 123 ? this.map(target, depth) : MISMATCH;
      case 'struct': {
        if (first !== 123) return MISMATCH;
        const writer = target.writer as StructWriter;
        const status = this.object(target.fields!, writer.length, depth);
        if (status !== BROKEN) writer.end();
        return status;
      }
      case 'day_time_interval':
      case 'year_month_interval':
      case 'calendar_interval':
        return this.interval(target.writer, first);
      case 'void':
        if (!this.skip(depth)) return BROKEN;
        target.writer.appendNull();
        return OK;
      case 'any': {
        const start = this.at;
        if (!this.skip(depth)) return BROKEN;
        const value = parsePlain(this.bytes, start, this.at);
        if (value === undefined) return MISMATCH;
        (target.writer as PlainWriter).append(value);
        return OK;
      }
    }
  }

  private array(target: Target, depth: number): Status {
    if (!this.mayNest(depth)) return BROKEN;
    const writer = target.writer as ListWriter;
    let status: Status = OK;
    this.at++;
    let next = this.space();
    while (next !== 93) {
      const start = this.at;
      const read = this.value(target.element!, depth + 1);
      if (read === MISMATCH) this.note(target.element!, start);
      if (read === BROKEN || read === MISMATCH) return read;
      if (read === PARTIAL) status = PARTIAL;
      next = this.nextElement();
      if (next === -1) return BROKEN;
    }
    this.at++;
    writer.end();
    return status;
  }

  private map(target: Target, depth: number): Status {
    if (!this.mayNest(depth)) return BROKEN;
    const writer = target.writer as MapWriter;
    const keys = writer.keys as BytesWriter;
    let status: Status = OK;
    this.at++;
    let next = this.space();
    while (next !== 125) {
      if (!this.name(next)) return BROKEN;
      keys.append(this.source, this.from, this.to);
      if (!this.colon()) return BROKEN;
      const start = this.at;
      const read = this.value(target.element!, depth + 1);
      if (read === MISMATCH) this.note(target.element!, start);
      if (read === BROKEN || read === MISMATCH) return read;
      if (read === PARTIAL) status = PARTIAL;
      next = this.nextMember();
      if (next === -1) return BROKEN;
    }
    this.at++;
    writer.end();
    return status;
  }
}
