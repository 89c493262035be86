import { parseArgs } from 'node:util';
import { SluiceError, messageOf } from '../errors/index.js';
import { printState, printStore } from './state.js';

/** Where lines go. */
export interface Terminal {
  out(line: string): void;
  error(line: string): void;
}

const usage = `Usage: sluice state <checkpoint> [--store NAME [--limit N]] [--batch ID]

Prints what a query keeps in its checkpoint: its batches, where its sources go on, the watermark, the stores of its
operators. Changes nothing, and may be used while the query is running.

  --store NAME   the entries of this store, one line of JSON each
  --limit N      how many of them; 20
  --batch ID     as it was after this batch`;

const options = {
  store: { type: 'string' },
  limit: { type: 'string', default: '20' },
  batch: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Runs the command `sluice` with these arguments: gives the code that the process ends with. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [command, dir, ...more] = positionals;
    if (values.help) {
      terminal.out(usage);
      return 0;
    }
    if (command !== 'state' || dir === undefined || more.length > 0) {
      terminal.error(usage);
      return 2;
    }
    const at = values.batch === undefined ? {} : { batchId: wholeNumber('--batch', values.batch) };
    const lines =
      values.store === undefined
        ? printState(dir, at)
        : printStore(dir, at, values.store, wholeNumber('--limit', values.limit));
    for await (const line of lines) terminal.out(line);
    return 0;
  } catch (error) {
    terminal.error(error instanceof SluiceError ? `${error.code}: ${error.message}` : messageOf(error));
    return 1;
  }
}

function wholeNumber(name: string, given: string): number {
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw new SluiceError('INVALID_OPTION', `${name} takes a whole number, but was given '${given}'.`);
}
