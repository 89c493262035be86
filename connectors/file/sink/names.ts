/** Names of the files of one query in one directory, which another query's never look like. */
export class FileNames {
  private readonly pattern: RegExp;

  /** `owner` identifies the query, and the sink in it; `suffix` is the end of the names that are made. */
  constructor(
    private readonly owner: string,
    readonly suffix: string,
  ) {
    const own = literal(owner);
    this.pattern = new RegExp(`^(?:part-(\\d{5,})|merged-(\\d{5,})-(\\d{5,}))-${own}-(\\d{5,})${literal(suffix)}$`);
  }

  /** The file of a batch. */
  part(batch: number, index: number): string {
    return partName(batch, this.owner, index, this.suffix);
  }

  /** A file that holds the rows of files of several batches; `index` tells it from others that do. */
  merged(from: number, to: number, index: number): string {
    return `merged-${padded(from)}-${padded(to)}-${this.owner}-${padded(index)}${this.suffix}`;
  }

  /** What a name says; undefined if the file is of another query, format or codec, or no data at all. */
  parse(name: string): NamedFile | undefined {
    const found = this.pattern.exec(name);
    if (found === null) return undefined;
    const [, batch, from, to, index] = found;
    return {
      name,
      from: Number(batch ?? from),
      to: Number(batch ?? to),
      index: Number(index),
      isMerged: batch === undefined,
    };
  }
}

/** A file of the query. */
export interface NamedFile {
  readonly name: string;
  /** The first batch of which it has rows, and the last. */
  readonly from: number;
  readonly to: number;
  readonly index: number;
  readonly isMerged: boolean;
}

export const partName = (batch: number, owner: string, index: number, suffix: string): string =>
  `part-${padded(batch)}-${owner}-${padded(index)}${suffix}`;

/** Whether a file of that name has rows that were, or are, in other files, too. */
export const isMergedName = (name: string): boolean => /^merged-\d{5,}-\d{5,}-.+-\d{5,}\.[^/]+$/.test(name);

const padded = (n: number): string => String(n).padStart(5, '0');

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
