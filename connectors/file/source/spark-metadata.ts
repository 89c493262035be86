import { readFile, readdir } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { diskError } from '../../../lib/durable.js';
import { SluiceError, systemCode } from '../../../lib/errors/index.js';
import { logVersion, pathOfUri } from '../sink/manifest-entry.js';
import type { FileFacts } from './listing.js';

/** How often the logs are looked up anew if one is gone: the writer removes those that it has put together. */
const attempts = 10;

/** What a line of a log says. */
interface Entry {
  readonly path: string;
  readonly size: number;
  readonly isDir: boolean;
  readonly modificationTime: number;
  readonly action: string;
}

/**
 * The files that a file sink has committed to a directory, by its `_spark_metadata`: those of the latest log that holds
 * all before it (`<batch>.compact`), and of the logs since. Other files in the directory are left over from attempts.
 */
export class SparkMetadata {
  readonly folder: string;
  private latest: string | undefined;
  private files: readonly FileFacts[] = [];

  constructor(private readonly root: string) {
    this.folder = join(root, '_spark_metadata');
  }

  /** Whether there is such a folder. */
  async isThere(): Promise<boolean> {
    return (await this.names()) !== undefined;
  }

  /** The files as the logs tell of them, whether or not they are there. */
  async list(): Promise<readonly FileFacts[]> {
    for (let attempt = 1; ; attempt++) {
      const logs = logsToRead((await this.names()) ?? []);
      const latest = logs.at(-1);
      if (latest === this.latest) return this.files;
      try {
        const files = new Map<string, FileFacts>();
        for (const name of logs) {
          for (const entry of await this.entriesOf(name)) {
            const path = this.spelled(pathOfUri(entry.path));
            if (entry.action === 'delete') files.delete(path);
            else if (!entry.isDir) files.set(path, { path, size: entry.size, mtime: entry.modificationTime });
          }
        }
        this.files = [...files.values()];
        this.latest = latest;
        return this.files;
      } catch (error) {
        if (systemCode(error) !== 'ENOENT' || attempt === attempts) throw this.unreadable(error);
      }
    }
  }

  private async names(): Promise<string[] | undefined> {
    try {
      return await readdir(this.folder);
    } catch (error) {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')) return undefined;
      throw this.unreadable(error);
    }
  }

  private async entriesOf(name: string): Promise<Entry[]> {
    const path = join(this.folder, name);
    const [version, ...lines] = (await readFile(path, 'utf8')).split('\n');
    if (version !== logVersion) throw this.damaged(path, 1, `its version is '${String(version).slice(0, 20)}'`);
    return lines.filter((line) => line !== '').map((line, i) => this.entry(path, line, i + 2));
  }

  private entry(path: string, text: string, line: number): Entry {
    let entry: Partial<Entry> | null;
    try {
      entry = JSON.parse(text) as Partial<Entry> | null;
    } catch {
      throw this.damaged(path, line, 'a line is no JSON');
    }
    const { path: uri, size, isDir = false, modificationTime, action = 'add' } = entry ?? {};
    if (typeof uri !== 'string' || typeof size !== 'number' || typeof modificationTime !== 'number')
      throw this.damaged(path, line, 'a line names no file, size and time');
    if (!/^(file:)?\//.test(uri)) throw this.damaged(path, line, `'${uri}' is not on a local disk`);
    return { path: uri, size, isDir, modificationTime, action };
  }

  /** Below the directory as the option `path` spells it. */
  private spelled(path: string): string {
    const root = resolve(this.root);
    return path.startsWith(root + sep) ? join(this.root, relative(root, path)) : path;
  }

  private damaged(path: string, line: number, what: string): SluiceError {
    const message = `Reading '${path}', by which '${this.root}' tells which of its files count: ${what} (line ${line}).`;
    return new SluiceError('FILE_UNREADABLE', message, { details: { path, line } });
  }

  private unreadable(error: unknown): SluiceError {
    return diskError(error, 'FILE_UNREADABLE', 'Reading', this.folder);
  }
}

/** The logs that together hold all batches, in order. */
function logsToRead(names: readonly string[]): string[] {
  const ids = new Map<number, string>();
  let compact = -1;
  for (const name of names) {
    if (!/^\d+(\.compact)?$/.test(name)) continue;
    const id = Number.parseInt(name, 10);
    const isCompact = name.endsWith('.compact');
    if (isCompact) compact = Math.max(compact, id);
    if (isCompact || !ids.has(id)) ids.set(id, name);
  }
  const last = Math.max(-1, ...ids.keys());
  return Array.from({ length: last - Math.max(compact, 0) + 1 }, (_, i) => {
    const id = Math.max(compact, 0) + i;
    // One that is not there is missed when it is read.
    return ids.get(id) ?? String(id);
  });
}
