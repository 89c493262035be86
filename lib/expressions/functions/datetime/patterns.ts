import { PatternPrinter, PatternReader } from '../../../datetime/index.js';

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

export const printers = (): ((pattern: string) => PatternPrinter) => keeping((pattern) => new PatternPrinter(pattern));
export const readers = (): ((pattern: string) => PatternReader) => keeping((pattern) => new PatternReader(pattern));

/** The pattern of functions on Unix time that are not given one. */
export const usualPattern = 'yyyy-MM-dd HH:mm:ss';
