import { SluiceError } from '../../../lib/errors/index.js';
import { type Option, type Parsed, type Size, parseOptions, size, wholeNumber } from '../../../lib/options/index.js';

/** How small files are put together. */
export interface FileCompaction {
  /** So many files of one folder are put together at least. From 2 on; default 10. */
  readonly minFiles?: number | undefined;
  /**
   * The files that are made hold about this much at most: the bytes of the files that go into one. A size such as
   * `'128m'` (the default), or bytes.
   */
  readonly targetBytes?: Size | undefined;
  /** Files of this size and larger stay as they are. A size, or bytes. Default: half of `targetBytes`. */
  readonly smallerThan?: Size | undefined;
  /** After so many batches the folders that they wrote to are looked at. Default 10. */
  readonly every?: number | undefined;
}

export interface CompactOptions {
  readonly minFiles: number;
  readonly targetBytes: number;
  readonly smallerThan: number;
  readonly every: number;
}

const spec = {
  minFiles: wholeNumber({ min: 2 }, 10),
  targetBytes: size('128m'),
  smallerThan: size(),
  every: wholeNumber({ min: 1 }, 10),
};

/** Throws UNKNOWN_OPTION and INVALID_OPTION, naming `compact`. */
export const compactOption: Option<CompactOptions | undefined, FileCompaction> = {
  read: (given) => {
    const parsed: Parsed<typeof spec> = parseOptions('fileSink: compact', given, spec);
    const { targetBytes, smallerThan = Math.ceil(targetBytes / 2) } = parsed;
    if (smallerThan > targetBytes) {
      const message = `fileSink: compact: smallerThan (${smallerThan} bytes) must not be more than targetBytes (${targetBytes}).`;
      throw new SluiceError('INVALID_OPTION', message, { details: { option: 'smallerThan' } });
    }
    return { ...parsed, smallerThan };
  },
  fallback: undefined,
  required: false,
};
