import type { Table } from '../../lib/columns/index.js';
import type { Place } from '../../lib/formats/place.js';
import type { Schema } from '../../lib/schema/index.js';

export type { Place };

/**
 * Decodes a format whose files are a sequence of records in bytes (csv, json lines, text), straight to columns.
 * One decoder reads one range of one file: the source gives it the bytes in order, in pieces of its choice.
 */
export interface RecordDecoder {
  /**
   * Decodes every whole record in `bytes` and returns how many bytes they took; the rest is given again, in front of
   * what follows. With `last` nothing follows in the file: what remains is the last record, and all of `bytes` is
   * taken. Throws MALFORMED_RECORD (mode FAILFAST) and RECORD_TOO_LARGE, naming the place.
   */
  decode(bytes: Uint8Array, place: Place, last: boolean): number;
  /** The rows decoded since the last call, with the columns asked for. */
  take(): Table;
  /** Rows decoded and not yet taken. */
  readonly numRows: number;
  /** Records so far that did not fit the schema or the format, whatever the mode did with them. */
  readonly malformed: number;
  /** How many of these there were for each reason; undefined where the format has but one kind of record. */
  readonly reasons?: MalformedCounts;
}

/**
 * Why a record is malformed: it is no record of the format (`syntax`), has too many or too few fields (`fields`), or
 * holds something that is no value of its column (`value`). Of several reasons the first that is found counts.
 */
export type MalformedReason = 'syntax' | 'fields' | 'value';

export type MalformedCounts = Readonly<Partial<Record<MalformedReason, number>>>;

/** A malformed record, for whoever keeps them. */
export interface MalformedRecord {
  /** The record as it is in the file, without its line end; valid until `decode` returns. */
  readonly bytes: Uint8Array;
  /** Where it begins in the file, in bytes. */
  readonly position: number;
  readonly reason: MalformedReason;
  /** What is wrong, in words: the column and what was found, where that is known. */
  readonly message: string;
}

/** What a decoder is made for. */
export interface DecodeRequest {
  /** The columns of the file's records. */
  readonly schema: Schema;
  /** The names of the columns to decode, in the order wanted; the others are skipped. */
  readonly columns: readonly string[];
  /** Whether the range begins at the start of the file (a header is there, a byte order mark may be). */
  readonly atStart: boolean;
  /** Gets every malformed record, which is left out of the rows then, whatever the mode says. */
  readonly reject?: (record: MalformedRecord) => void;
}

/** Finds out the columns of files from what is in them, a file after the other. */
export interface SchemaInference {
  /** What reads the next file: `decode` takes bytes as that of a `RecordDecoder` does, and takes note of the records. */
  nextFile(): Pick<RecordDecoder, 'decode'>;
  /** Whether nothing that may follow, in this file or others, can change the schema. */
  readonly done: boolean;
  /**
   * The columns of all that was read; undefined if there were no records. Throws INVALID_SCHEMA where they cannot be
   * those of a query.
   */
  schema(): Schema | undefined;
}

/** Encodes tables as records; the bytes of successive tables are simply put one after the other in one file. */
export interface RecordEncoder {
  /** What a file begins with, such as a CSV header; empty if nothing. */
  start(): Uint8Array;
  encode(table: Table): Uint8Array;
}
