import { basename } from 'node:path';
import type { Json } from '../../../lib/batch/index.js';
import type { SourceContext } from '../../../lib/connect/index.js';
import { SluiceError } from '../../../lib/errors/index.js';
import { type Partitions, checkPartitionTypes } from './partitions.js';

/** What a checkpoint keeps: types that were found out, and which files lay beside the folders when the query began. */
type Kept = { readonly partitions: Readonly<Record<string, string>>; readonly beside?: readonly string[] };

export const isPartitionLayout = (entry: Json): entry is Kept => Object.hasOwn(entry as object, 'partitions');

/** How the files of a query lie in folders, which stays as it was when the query began. */
export class PartitionLayout {
  /** The names of files that are no part of the data. */
  private readonly beside: Set<string>;
  private readonly kept: Readonly<Record<string, string>>;
  private settled: boolean;

  /** Throws CHECKPOINT_MISMATCH if there are partitions now and were none, or their types are others. */
  constructor(
    private readonly partitions: Partitions | undefined,
    private readonly context: SourceContext,
  ) {
    const { remembered, name } = context;
    const known = remembered.filter(isPartitionLayout).at(-1);
    this.beside = new Set(known?.beside);
    this.kept = partitions?.inferred ?? known?.partitions ?? {};
    this.settled = known !== undefined;
    if (partitions === undefined) return;
    if (known !== undefined) checkPartitionTypes(known.partitions, partitions.inferred, name);
    else if (remembered.length > 0) throw cameLater(partitions, name);
  }

  /**
   * Whether a file is part of the data. As in Spark, those that lie beside the folders when a query begins are not.
   * Throws SCHEMA_MISMATCH if one comes later: its rows would be lost.
   */
  belongs(path: string): boolean {
    if (this.partitions === undefined || this.partitions.valuesOf(path) !== undefined) return true;
    const name = basename(path);
    if (this.settled && !this.beside.has(name)) throw liesBeside(path, this.partitions);
    this.beside.add(name);
    return false;
  }

  /** All that is there has been listed: from now on it counts. */
  settle(): void {
    if (this.settled || this.partitions === undefined) return;
    this.settled = true;
    for (const entry of this.memory()) this.context.remember(entry);
  }

  /** What has to be remembered. */
  memory(): readonly Kept[] {
    if (!this.settled) return [];
    const { beside } = this;
    return [{ partitions: this.kept, ...(beside.size > 0 && { beside: [...beside] }) }];
  }
}

const namesOf = ({ fields }: Partitions): string => fields.map(({ name }) => `'${name}'`).join(', ');

function cameLater(partitions: Partitions, source: string): SluiceError {
  const message =
    `The files of the source '${source}' now lie in folders of partitions (${namesOf(partitions)}), and did not when the ` +
    'query began. Move such folders away, or begin anew with another checkpoint.';
  return new SluiceError('CHECKPOINT_MISMATCH', message, { details: { source } });
}

function liesBeside(path: string, partitions: Partitions): SluiceError {
  const message =
    `fileSource: '${path}' lies beside the folders of partitions (${namesOf(partitions)}), not in one of them, so that its ` +
    'rows would have no values there. Move it to the folder that it belongs to.';
  return new SluiceError('SCHEMA_MISMATCH', message, { details: { path } });
}
