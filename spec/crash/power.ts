import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StepHook } from '../../lib/durable.js';
import type { Random } from '../../lib/testing/random.js';

/** What a name in a directory stands for: `folder`, or a file by its inode and its birth, as inodes are given again. */
type Entry = string;

/**
 * What a disk would hold after a loss of power: contents that were synced, and names whose directories were; of the
 * rest anything. Watches the durable steps below a root; what the root itself lies in is taken for durable.
 */
export class Disk {
  private readonly contents = new Map<Entry, Buffer>();
  private readonly folders = new Map<string, ReadonlyMap<string, Entry>>();

  /** A whole number from 0 to `n`; 0 is what is lost most. */
  private chance: (n: number) => number = () => 0;

  constructor(private readonly root: string) {
    this.folders.set(root, namesIn(root));
  }

  readonly watch: StepHook = (step, when, path) => {
    if (when !== 'after') return;
    if (step === 'sync') this.contents.set(entryOf(path), readFileSync(path));
    else if (step === 'syncDirectory') this.folders.set(path, namesIn(path));
  };

  /**
   * The power fails: each thing that was not synced is there or not, or, if it was being written, a part of it. At
   * worst nothing of that is there.
   */
  lose(random: Random, worst = false): void {
    this.chance = worst ? () => 0 : (n) => random.int(0, n);
    const after = this.after(this.root);
    rmSync(this.root, { recursive: true, force: true });
    this.folders.clear();
    this.contents.clear();
    this.write(this.root, after);
  }

  private after(dir: string): Map<string, Buffer | Map<string, unknown>> {
    const durable = this.folders.get(dir) ?? new Map<string, Entry>();
    const current = namesIn(dir);
    const after = new Map<string, Buffer | Map<string, unknown>>();
    for (const name of new Set([...durable.keys(), ...current.keys()])) {
      const [before, now] = [durable.get(name), current.get(name)];
      const entry = before === now || this.chance(1) === 0 ? before : now;
      if (entry === undefined) continue;
      const path = join(dir, name);
      if (entry === 'folder') after.set(name, this.after(path));
      else after.set(name, this.contentOf(entry, now === entry ? readFileSync(path) : undefined));
    }
    return after;
  }

  private contentOf(entry: Entry, now: Buffer | undefined): Buffer {
    const synced = this.contents.get(entry) ?? Buffer.alloc(0);
    if (now === undefined || now.equals(synced)) return synced;
    const tail = now.subarray(synced.length);
    switch (this.chance(3)) {
      case 0:
        return synced;
      case 1:
        return now;
      case 2:
        return Buffer.concat([synced, tail.subarray(0, this.chance(tail.length))]);
      default:
        return Buffer.concat([synced, Buffer.alloc(tail.length)]);
    }
  }

  private write(dir: string, after: Map<string, unknown>): void {
    mkdirSync(dir, { recursive: true });
    for (const [name, content] of after) {
      const path = join(dir, name);
      if (content instanceof Map) this.write(path, content as Map<string, unknown>);
      else {
        writeFileSync(path, content as Buffer);
        this.contents.set(entryOf(path), content as Buffer);
      }
    }
    this.folders.set(dir, namesIn(dir));
  }
}

function entryOf(path: string): Entry {
  const stats = statSync(path, { bigint: true });
  return stats.isDirectory() ? 'folder' : `${stats.ino}:${stats.birthtimeNs}`;
}

function namesIn(dir: string): Map<string, Entry> {
  try {
    return new Map(readdirSync(dir).map((name) => [name, entryOf(join(dir, name))]));
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return new Map();
    throw error;
  }
}
