import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import { isHidden } from './listing.js';

/** Milliseconds of quiet after which what came up is taken for whole, and the longest wait for it. */
const quiet = 10;
const patience = 100;

/** Each costs memory of the system, which has few of them. */
const maxFolders = 1000;

/** Calls `wake` soon after something changed in folders, where the system tells: it may not, or not of all. */
export class FolderWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private timer: NodeJS.Timeout | undefined;
  private firstChange: number | undefined;
  private notBefore = 0;
  private ended = false;

  constructor(private readonly wake: () => void) {}

  add(folder: string): void {
    if (this.ended || this.watchers.has(folder) || this.watchers.size >= maxFolders) return;
    try {
      const watcher = watch(folder === '' ? '.' : folder, { persistent: false });
      this.watchers.set(folder, watcher);
      watcher.on('change', (_, name) => {
        // That is how the end of the folder itself looks; if it was not, it is watched anew.
        if (name === basename(folder)) this.drop(folder);
        if (name === null || !isHidden(String(name))) this.changed();
      });
      watcher.on('error', () => this.drop(folder));
    } catch {
      // Gone, or no more can be watched: others may look at it now and then.
    }
  }

  /** Looking at the folders took so long: half of the time at least is for something else. */
  rest(millis: number): void {
    this.notBefore = performance.now() + millis;
  }

  close(): void {
    this.ended = true;
    clearTimeout(this.timer);
    for (const folder of this.watchers.keys()) this.drop(folder);
  }

  private drop(folder: string): void {
    this.watchers.get(folder)?.close();
    this.watchers.delete(folder);
  }

  /** A file that is written in place changes many times. */
  private changed(): void {
    const now = performance.now();
    this.firstChange ??= now;
    const wait = Math.min(quiet, Math.max(0, this.firstChange + patience - now));
    clearTimeout(this.timer);
    this.timer = setTimeout(
      () => {
        this.firstChange = undefined;
        this.wake();
      },
      Math.max(wait, this.notBefore - now),
    ).unref();
  }
}
