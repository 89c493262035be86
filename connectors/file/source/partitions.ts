import { statSync } from 'node:fs';
import { basename, dirname, resolve, sep } from 'node:path';
import { SluiceError } from '../../../lib/errors/index.js';
import type { Value } from '../../../lib/expressions/values.js';
import {
  type DataType,
  type Field,
  type Schema,
  field,
  formatType,
  string,
  structOf,
} from '../../../lib/schema/index.js';
import { findFolders } from './partition-folders.js';
import {
  type PartitionFolder,
  isPartitionType,
  partitionFolder,
  typeOfValue,
  valueReader,
  widerType,
} from './partition-values.js';

export interface DiscoveryOptions {
  readonly path: string;
  /** Whether `path` is a pattern rather than a name. */
  readonly glob: boolean;
  readonly basePath: string | undefined;
  /** Whether types are found out from the values; if not, all are text. */
  readonly inferTypes: boolean;
  /** The schema that the user gave, whose types win. */
  readonly schema: Schema | undefined;
  readonly timeZone: string;
}

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Columns whose values are in the names of folders (`day=2024-05-01/hour=7/`): the same for all rows of a file. */
export class Partitions {
  private readonly readers: readonly ((value: string) => Value)[];
  private readonly known = new Map<string, readonly Value[] | undefined>();

  constructor(
    /** The folder from which on names are partitions. */
    private readonly base: string,
    readonly fields: readonly Field[],
    /** The types that were found out from values, by column: a checkpoint keeps them. */
    readonly inferred: Readonly<Record<string, string>>,
    zone: string,
  ) {
    this.readers = fields.map(({ type }) => valueReader(type, zone));
  }

  /**
   * The values of a file's columns, in the order of `fields`; undefined if the file lies in the base itself, where it
   * is no part of the data. Throws SCHEMA_MISMATCH if its folders are others, or a value is none of its column's type.
   */
  valuesOf(path: string): readonly Value[] | undefined {
    const folder = dirname(resolve(path));
    // Files of one folder come one after the other.
    if (!this.known.has(folder)) {
      this.known.clear();
      this.known.set(folder, this.valuesIn(folder, path));
    }
    return this.known.get(folder);
  }

  /** Whether a column is one of these. */
  has(name: string): boolean {
    return this.fields.some((f) => sameName(f.name, name));
  }

  /** The columns of the data with those of the partitions: in the place of a column of that name, or else at the end. */
  merge(data: Schema): Schema {
    const { fields } = this;
    const merged = data.fields.map((f) => fields.find((p) => sameName(p.name, f.name)) ?? f);
    return structOf([...merged, ...fields.filter((p) => !merged.includes(p))]);
  }

  /** The columns that are in the files. */
  without(data: Schema): Schema {
    return structOf(data.fields.filter((f) => !this.has(f.name)));
  }

  private valuesIn(folder: string, path: string): readonly Value[] | undefined {
    const { folders, base } = foldersOf(folder, new Set([this.base]));
    if (base === this.base && folders.length === 0) return undefined;
    if (base !== this.base) throw conflictingFolders([this.base, base]);
    const { fields } = this;
    if (folders.length !== fields.length || !folders.every(({ key }, i) => sameName(key, fields[i]!.name))) {
      throw conflictingNames([fields.map((f) => f.name), folders.map(({ key }) => key)], path);
    }
    return folders.map(({ value }, i) => {
      try {
        return this.readers[i]!(value);
      } catch (cause) {
        throw badValue(path, fields[i]!, value, cause);
      }
    });
  }
}

/**
 * The partitions below a path, as they are there now; undefined if there are none. Throws SCHEMA_MISMATCH if folders
 * do not go together or a value is none of the type that `schema` has for it, INVALID_SCHEMA, and INVALID_OPTION for a
 * `basePath` that is none.
 */
export function discoverPartitions(options: DiscoveryOptions): Partitions | undefined {
  const { path, glob, schema, timeZone, inferTypes } = options;
  const { roots, leaves } = findFolders(path, glob);
  const bases = basesOf(options.basePath, roots);
  const found = leaves.map((leaf) => ({ leaf, ...foldersOf(resolve(leaf), bases) }));
  const partitioned = found.filter(({ folders }) => folders.length > 0);
  const [first] = partitioned;
  if (first === undefined) return undefined;
  const starts = new Map(found.map(({ base }) => [base.toLowerCase(), base]));
  if (starts.size > 1) throw conflictingFolders([...starts.values()]);
  const names = first.folders.map(({ key }) => key);
  for (const { folders, leaf } of partitioned) {
    const others = folders.map(({ key }) => key);
    if (others.length !== names.length || !others.every((name, i) => sameName(name, names[i]!))) {
      throw conflictingNames([names, others], leaf);
    }
  }
  const inferred: Record<string, string> = {};
  const fields = names.map((name, i) => {
    const declared = schema?.fields.find((f) => sameName(f.name, name));
    if (declared !== undefined) return field(declared.name, checkedType(declared));
    const values = new Set(partitioned.map(({ folders }) => folders[i]!.value));
    const types = [...values].map((value) => typeOfFolder(value, inferTypes, timeZone));
    const type = types.reduce(widerType);
    inferred[name] = formatType(type);
    return field(name, type);
  });
  checkNames(fields);
  const partitions = new Partitions(first.base, fields, inferred, timeZone);
  // Those that are there have to fit, as long as nothing runs.
  for (const { leaf } of partitioned) partitions.valuesOf(resolve(leaf, 'any'));
  return partitions;
}

/** Throws CHECKPOINT_MISMATCH if columns were found to have other types when the query began. */
export function checkPartitionTypes(
  known: Readonly<Record<string, string>>,
  found: Readonly<Record<string, string>>,
  source: string,
): void {
  for (const [column, type] of Object.entries(found)) {
    const before = known[column];
    if (before === undefined || before === type) continue;
    const message =
      `The partition column '${column}' of the source '${source}' was ${before} when the query began, and the folders ` +
      `that are there now make it ${type}. Give a schema that has '${column}', with the type that is right.`;
    throw new SluiceError('CHECKPOINT_MISMATCH', message, { details: { source, column, before, now: type } });
  }
}

function typeOfFolder(value: string, infer: boolean, zone: string): DataType {
  const type = typeOfValue(value, zone);
  return infer || type.kind === 'void' ? type : string();
}

/** Where partitions begin: the user's `basePath`, or what the path stands for. */
function basesOf(basePath: string | undefined, roots: readonly string[]): ReadonlySet<string> {
  const found = roots.map((root) => resolve(root));
  if (basePath === undefined) return new Set(found);
  const base = resolve(basePath);
  const refuse = (what: string): SluiceError =>
    new SluiceError('INVALID_OPTION', `fileSource: basePath '${basePath}' ${what}.`, {
      details: { option: 'basePath' },
    });
  if (statSync(base, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw refuse('must be a directory that is there');
  const outside = found.find((root) => root !== base && !root.startsWith(base.endsWith(sep) ? base : base + sep));
  if (outside !== undefined) throw refuse(`does not hold '${outside}'. Give a directory above the path`);
  return new Set([base]);
}

/** The partitions that a folder lies in, the outermost first, and the folder in which they begin. */
function foldersOf(
  folder: string,
  bases: ReadonlySet<string>,
): { readonly folders: readonly PartitionFolder[]; readonly base: string } {
  const folders: PartitionFolder[] = [];
  let current = folder;
  for (; !bases.has(current) && dirname(current) !== current; current = dirname(current)) {
    const one = partitionFolder(basename(current));
    if (one !== undefined) folders.unshift(checkedFolder(one, current));
    // Between two partitions there is nothing else.
    else if (folders.length > 0) break;
  }
  return folders.length > 0 || bases.has(folder) ? { folders, base: current } : { folders, base: folder };
}

function checkedFolder(found: PartitionFolder, path: string): PartitionFolder {
  if (found.key !== '' && found.value !== '') return found;
  const message = `fileSource: the folder '${path}' has an empty ${found.key === '' ? 'name' : 'value'} of a partition.`;
  throw new SluiceError('SCHEMA_MISMATCH', message, { details: { path } });
}

function checkedType({ name, type }: Field): DataType {
  if (isPartitionType(type)) return type;
  const message = `fileSource: the partition column '${name}' cannot be of type ${formatType(type)}.`;
  throw new SluiceError('INVALID_SCHEMA', message, { details: { column: name, type: formatType(type) } });
}

function checkNames(fields: readonly Field[]): void {
  const twice = fields.find((f, i) => fields.findIndex((other) => sameName(other.name, f.name)) !== i);
  if (twice === undefined) return;
  const message = `fileSource: the partition column '${twice.name}' is there twice in the names of folders.`;
  throw new SluiceError('INVALID_SCHEMA', message, {
    details: { column: twice.name, condition: 'COLUMN_ALREADY_EXISTS' },
  });
}

function conflictingFolders(bases: readonly string[]): SluiceError {
  const message =
    `fileSource: partitions begin in different folders: ${bases.map((base) => `'${base}'`).join(', ')}. ` +
    'If these are partitions themselves, give the folder above them as basePath; if not, read them one by one.';
  return new SluiceError('SCHEMA_MISMATCH', message, {
    details: { folders: bases, condition: 'CONFLICTING_DIRECTORY_STRUCTURES' },
  });
}

function conflictingNames(names: readonly (readonly string[])[], path: string): SluiceError {
  const [these = [], those = []] = names;
  const message =
    `fileSource: '${path}' lies in the partitions ${those.join('/')}, and others in ${these.join('/')}. ` +
    'All files need the same ones, in the same order, or recursiveFileLookup, which ignores them.';
  return new SluiceError('SCHEMA_MISMATCH', message, {
    details: { path, partitions: those, expected: these, condition: 'CONFLICTING_PARTITION_COLUMN_NAMES' },
  });
}

function badValue(path: string, { name, type }: Field, value: string, cause: unknown): SluiceError {
  const message =
    `fileSource: '${path}': the value '${value}' of the partition column '${name}' is no ${formatType(type)}. ` +
    `Give a schema with a type for '${name}' that has it, such as STRING.`;
  return new SluiceError('SCHEMA_MISMATCH', message, {
    details: { path, column: name, value, type: formatType(type), condition: 'INVALID_PARTITION_VALUE' },
    cause,
  });
}
