import { LegacyPrinter, LegacyReader, PatternPrinter, PatternReader } from '../../../datetime/index.js';
import type { Zone } from '../../../datetime/index.js';
import { ExpressionError, failed } from '../../errors.js';
import type { ExpressionSettings } from '../../settings.js';

type Policy = Pick<ExpressionSettings, 'timeParserPolicy'>;

/** Prints instants by a pattern. */
export interface Printer {
  print(micros: bigint, zone: Zone): string;
}

/** Reads instants by a pattern; undefined if a text does not match. */
export interface Reader {
  read(text: string, zone: Zone): bigint | undefined;
}

/** Compiles a pattern when the first row needs it, and keeps it while the rows have the same. */
function keeping<T>(compile: (pattern: string) => T): (pattern: string) => T {
  let last: string | undefined;
  let made: T;
  return (pattern) => {
    if (pattern !== last) {
      made = compile(pattern);
      last = pattern;
    }
    return made;
  };
}

export const printers = ({ timeParserPolicy }: Policy): ((pattern: string) => Printer) =>
  keeping((pattern) => (timeParserPolicy === 'LEGACY' ? new LegacyPrinter(pattern) : new PatternPrinter(pattern)));

export function readers({ timeParserPolicy }: Policy): (pattern: string) => Reader {
  switch (timeParserPolicy) {
    case 'LEGACY':
      return keeping((pattern) => new LegacyReader(pattern));
    case 'CORRECTED':
      return keeping((pattern) => new PatternReader(pattern));
    case 'EXCEPTION':
      return keeping((pattern) => new WaryReader(pattern));
  }
}

/** Readers of local times, which Spark 2 did not have. */
export const localReaders = (): ((pattern: string) => PatternReader) =>
  keeping((pattern) => new PatternReader(pattern));

/** Fails on texts that Spark 2 read but Spark 3 does not, so that nobody loses them unawares. */
class WaryReader implements Reader {
  private readonly reader: PatternReader;

  constructor(private readonly pattern: string) {
    this.reader = new PatternReader(pattern);
  }

  read(text: string, zone: Zone): bigint | undefined {
    const micros = this.reader.read(text, zone);
    if (micros === undefined && this.wasRead(text, zone)) {
      throw failed(
        'INCONSISTENT_BEHAVIOR_CROSS_VERSION.PARSE_DATETIME_BY_NEW_PARSER',
        `'${text}' matched the pattern '${this.pattern}' in Spark 2, but no longer does. ` +
          'Correct the pattern, or set timeParserPolicy to CORRECTED (it does not match) or LEGACY (it does).',
      );
    }
    return micros;
  }

  private wasRead(text: string, zone: Zone): boolean {
    try {
      return new LegacyReader(this.pattern).read(text, zone) !== undefined;
    } catch (error) {
      if (error instanceof ExpressionError) return false;
      throw error;
    }
  }
}

/** The pattern of functions on Unix time that are not given one. */
export const usualPattern = 'yyyy-MM-dd HH:mm:ss';
