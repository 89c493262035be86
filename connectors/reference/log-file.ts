import { readFile } from 'node:fs/promises';
import { diskError, writeAtomically } from '../../lib/durable.js';
import { SluiceError, systemCode } from '../../lib/errors/index.js';

/** What the file holds: which batches are in it, and the records. */
export interface Log {
  /** By query id: the newest batch that is in. */
  readonly batches: Readonly<Record<string, number>>;
  readonly records: readonly (string | null)[];
}

/** The first line is `batches`, every other line one record, all as JSON: a record may hold line ends, or be null. */
export async function readLog(path: string): Promise<Log> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { batches: {}, records: [] };
    // What the system says, in words that help, under a code that programs can ask for.
    throw diskError(error, 'FILE_UNREADABLE', 'Reading', path);
  }
  try {
    const [batches, ...records] = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    return { batches: batches as Log['batches'], records: records as Log['records'] };
  } catch (cause) {
    throw new SluiceError('FILE_UNREADABLE', `${path} is not a log of referenceSink.`, { cause, details: { path } });
  }
}

/** Puts the file in place as a whole: whoever reads it, also after a crash, finds the old one or the new one. */
export async function writeLog(path: string, { batches, records }: Log): Promise<void> {
  const text = [batches, ...records].map((line) => `${JSON.stringify(line)}\n`).join('');
  try {
    await writeAtomically(path, Buffer.from(text));
  } catch (error) {
    throw diskError(error, 'FILE_UNWRITABLE', 'Writing', path);
  }
}
