import { parseDayTime, parseYearMonth } from '../../datetime/intervals/parse-ansi.js';
import { tryParseUnits } from '../../datetime/intervals/parse-units.js';
import { printDayTime, printInterval, printYearMonth } from '../../datetime/intervals/print.js';
import type { Column, FixedColumn, PlainColumn } from '../../columns/index.js';
import type { CalendarInterval } from '../../schema/index.js';
import { ExpressionError } from '../../expressions/errors.js';
import { textOf } from './timestamps.js';
import { type ColumnWriter, IntWriter, LongWriter, PlainWriter } from './writers.js';

/** Appends the interval in `bytes[from, to)`, in any form that CAST reads; false if it is none. */
export function appendInterval(writer: ColumnWriter, bytes: Uint8Array, from: number, to: number): boolean {
  const text = textOf(bytes, from, to);
  const { type } = writer;
  try {
    if (type.kind === 'day_time_interval' && writer instanceof LongWriter) {
      const micros = parseDayTime(text, type.start, type.end);
      writer.appendHalves(Number(BigInt.asIntN(32, micros)), Number(micros >> 32n));
    } else if (type.kind === 'year_month_interval' && writer instanceof IntWriter) {
      writer.append(parseYearMonth(text, type.start, type.end));
    } else if (writer instanceof PlainWriter) {
      const interval = tryParseUnits(text);
      if (interval === undefined) return false;
      writer.append(interval);
    }
    return true;
  } catch (error) {
    if (error instanceof ExpressionError) return false;
    throw error;
  }
}

/** The interval of a row, which is there: `INTERVAL '1 02:03:04' DAY TO SECOND`, `1 months 2 days`. */
export function intervalText(column: Column, row: number): string {
  const { type } = column;
  if (type.kind === 'day_time_interval') {
    return printDayTime((column as FixedColumn).values[row] as bigint, type.start, type.end);
  }
  if (type.kind === 'year_month_interval') {
    return printYearMonth((column as FixedColumn).values[row] as number, type.start, type.end);
  }
  return printInterval((column as PlainColumn).values[row] as CalendarInterval);
}
