import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type ErrorCode, SluiceError, messageOf, systemCode } from './errors/index.js';

/**
 * The only way in which checkpoints and file sinks change a disk, so that a test can stop a process before and after
 * each step that a crash could fall between.
 */

export type DurableStep = 'write' | 'sync' | 'rename' | 'link' | 'remove' | 'syncDirectory' | 'makeDirectory';

/** Called before and after each step; may throw to make it fail, or end the process. */
export type StepHook = (step: DurableStep, when: 'before' | 'after', path: string) => void;

let hook: StepHook | undefined;

/** Tests only: watches, or breaks, every durable step. Returns what undoes it. */
export function hookDurableSteps(watch: StepHook): () => void {
  hook = watch;
  return () => (hook = undefined);
}

async function step<T>(kind: DurableStep, path: string, act: () => Promise<T>): Promise<T> {
  hook?.(kind, 'before', path);
  const result = await act();
  hook?.(kind, 'after', path);
  return result;
}

/** A file that is written from its start or at its end, and synced when asked. */
export class DurableFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** Creates the file, or empties it. */
  static async create(path: string): Promise<DurableFile> {
    return new DurableFile(path, await open(path, 'w'));
  }

  /** Opens a file to be appended to, cut to its first `length` bytes. */
  static async append(path: string, length: number): Promise<DurableFile> {
    const handle = await open(path, constants.O_WRONLY | constants.O_APPEND);
    try {
      await handle.truncate(length);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new DurableFile(path, handle);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await step('write', this.path, async () => {
      for (let at = 0; at < bytes.length;) {
        const { bytesWritten } = await this.handle.write(bytes, at, bytes.length - at);
        at += bytesWritten;
      }
    });
  }

  /** The bytes, and the length, survive a loss of power. */
  async sync(): Promise<void> {
    await step('sync', this.path, () => this.handle.datasync());
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Writes a whole file and syncs it; its name is not yet durable. */
export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await DurableFile.create(path);
  try {
    await file.write(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Puts a file under its name in one step, over what was there. */
export async function replace(from: string, to: string): Promise<void> {
  await step('rename', to, () => rename(from, to));
}

/** A second name for a file; fails with EEXIST if the name is taken. */
export async function linkNew(from: string, to: string): Promise<void> {
  await step('link', to, () => link(from, to));
}

/** Removes a file if it is there. */
export async function remove(path: string): Promise<void> {
  await step('remove', path, async () => {
    try {
      await unlink(path);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  });
}

/** Makes the names in a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  await step('syncDirectory', path, async () => {
    let handle: FileHandle;
    try {
      handle = await open(path, 'r');
    } catch (error) {
      // Windows opens no directory, and needs no sync of one.
      if (process.platform === 'win32') return;
      throw error;
    }
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** Makes a directory with its parents, durably: each name is synced in its parent before the next level is made. */
export async function makeDirectory(path: string): Promise<void> {
  await step('makeDirectory', path, () => makeLevel(path));
}

async function makeLevel(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT' && dirname(path) !== path) {
      await makeLevel(dirname(path));
      await makeLevel(path);
      return;
    }
    if (!(await stat(path).catch(() => undefined))?.isDirectory()) throw error;
    // Whoever made it may have been killed before its name was synced.
    await syncDirectory(dirname(path)).catch((denied: unknown) => {
      if (!['EACCES', 'EPERM'].includes(systemCode(denied) ?? '')) throw denied;
    });
    return;
  }
  await syncDirectory(dirname(path));
}

/** Writes a whole file under its name in one step: after a crash it is there as before, or whole. */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const aside = `${path}.tmp`;
  await writeSynced(aside, bytes);
  await replace(aside, path);
  await syncDirectory(dirname(path));
}

/** What the system says of a file, in words that help. */
export function diskError(error: unknown, code: ErrorCode, doing: string, path: string): SluiceError {
  if (error instanceof SluiceError) return error;
  const known: Readonly<Record<string, string>> = {
    ENOSPC: 'no space is left on the disk. Make room, then start again: nothing was lost',
    EDQUOT: 'the disk quota is used up. Make room, then start again: nothing was lost',
    EROFS: 'the disk is read-only',
    EACCES: 'permission denied',
    EPERM: 'the operation is not permitted',
    ENOTDIR: 'a part of the path is not a directory',
    EISDIR: 'it is a directory',
    ENOENT: 'it does not exist',
    EMFILE: 'too many files are open in this process',
    EIO: 'the disk reports an input/output error',
  };
  const system = systemCode(error);
  const found = (system !== undefined ? known[system] : undefined) ?? messageOf(error);
  return new SluiceError(code, `${doing} ${path}: ${found}.`, { cause: error, details: { path, system } });
}
