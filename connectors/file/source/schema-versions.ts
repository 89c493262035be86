import type { Json } from '../../../lib/batch/index.js';
import { learnedOnTop } from './evolution.js';
import { type Schema, formatDdl, parseDdl } from '../../../lib/schema/index.js';

/** What a checkpoint keeps: the columns of the files from that ordinal (0 if it is not there) on. */
type Learned = { readonly schema: string; readonly from?: number };

export const isLearned = (entry: Json): entry is Learned => Object.hasOwn(entry as object, 'schema');

interface Version {
  /** The ordinal of the first file that is read with it. */
  readonly from: number;
  readonly schema: Schema;
}

/** The columns of a query, which may change from one file to the next. */
export class SchemaVersions {
  private readonly versions: Version[];

  constructor(
    private readonly declared: Schema | undefined,
    remembered: readonly Json[],
  ) {
    this.versions = declared === undefined ? [] : [{ from: 0, schema: declared }];
    for (const { schema, from = 0 } of remembered.filter(isLearned)) {
      const learned = parseDdl(schema);
      this.versions.push({ from, schema: declared === undefined ? learned : learnedOnTop(declared, learned) });
    }
  }

  /** The columns of the file of that ordinal; undefined as long as nothing is known. */
  at(ordinal: number): Schema | undefined {
    return this.versions.findLast(({ from }) => from <= ordinal)?.schema;
  }

  /** The columns from the file of that ordinal on. Returns what is to be remembered. */
  learn(from: number, schema: Schema): Json {
    const version = { from: this.versions.length === 0 ? 0 : from, schema };
    this.versions.push(version);
    return entryOf(version);
  }

  /** What has to be remembered to read the file of that ordinal and those after it. */
  memory(ordinal: number): readonly Json[] {
    const first = this.versions.findLastIndex(({ from }) => from <= ordinal);
    const needed = this.versions.slice(Math.max(first, 0));
    return needed.filter(({ schema }) => schema !== this.declared).map(entryOf);
  }
}

const entryOf = ({ from, schema }: Version): Learned => ({ schema: formatDdl(schema), ...(from > 0 && { from }) });
