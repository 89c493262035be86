import type { Writable } from 'node:stream';
import { type Sink, defineSink } from '../../lib/connect/index.js';
import { type ConsoleSinkOptions, parseConsoleOptions } from './options.js';
import { drawTable } from './table.js';

/**
 * Prints every batch as a table, in Spark's look, for trying things out. All output modes. Times are shown in UTC.
 *
 * The next batch waits until this one has been taken by the output. **At least once**: a batch that comes again is
 * printed again. An output that fails (a closed pipe) ends the query with SINK_FAILED.
 *
 * Throws INVALID_OPTION and UNKNOWN_OPTION.
 *
 * @example
 * ```ts
 * rateSource({ rowsPerSecond: 2 }).subscribe(consoleSink({ numRows: 10, truncate: false }));
 * // -------------------------------------------
 * // Batch: 0
 * // -------------------------------------------
 * // +----------------------+-----+
 * // |timestamp             |value|
 * // +----------------------+-----+
 * // |2026-01-01 12:00:00.25|0    |
 * // |2026-01-01 12:00:00.75|1    |
 * // +----------------------+-----+
 * ```
 */
export function consoleSink<Row = unknown>(options: ConsoleSinkOptions = {}): Sink<Row> {
  const { numRows, width, output } = parseConsoleOptions(options);
  return defineSink<Row>({
    op: 'consoleSink',
    supports: { exactlyOnce: false, outputModes: ['append', 'update', 'complete'] },
    open: () => ({
      write: ({ id, table }) => {
        const dashes = '-'.repeat(43);
        const text = `${dashes}\nBatch: ${id}\n${dashes}\n${drawTable(table, numRows, width)}\n`;
        return print(output ?? process.stdout, text);
      },
    }),
  });
}

/** Writes, and waits until it is taken: the callback comes after the drain, and also where no drain ever comes. */
function print(output: Writable, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // The callback has the error; the event that follows it would end the process.
    const ignore = (): void => undefined;
    output.once('error', ignore);
    output.write(text, (error) => {
      if (error != null) {
        reject(error);
        return;
      }
      output.off('error', ignore);
      resolve();
    });
  });
}
