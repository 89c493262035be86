import type { CompactOptions } from './compact-options.js';
import type { NamedFile } from './names.js';

/** A file that may be merged with others. */
export interface SmallFile extends NamedFile {
  readonly size: number;
}

/**
 * Which files of a folder to put together, each group in the order of its rows: by batch. A file that was merged before
 * is left out while it is larger than the others of its group together. So what is merged again goes to a file at least
 * twice as large, and a row is written some log2(targetBytes / minFiles files) times at most, however many files come.
 */
export function planMerges(files: readonly SmallFile[], { minFiles, targetBytes }: CompactOptions): SmallFile[][] {
  const groups: SmallFile[][] = [];
  let group: SmallFile[] = [];
  let bytes = 0;
  for (const file of [...files].sort(byBatch)) {
    if (bytes + file.size > targetBytes) {
      groups.push(group);
      group = [];
      bytes = 0;
    }
    group.push(file);
    bytes += file.size;
  }
  groups.push(group);
  return groups.map(worthMerging).filter((some) => some.length >= minFiles);
}

function worthMerging(group: readonly SmallFile[]): SmallFile[] {
  const bySize = [...group].sort((a, b) => b.size - a.size);
  let rest = group.reduce((sum, { size }) => sum + size, 0);
  const left = new Set<SmallFile>();
  for (const file of bySize) {
    rest -= file.size;
    if (!file.isMerged || file.size <= rest) break;
    left.add(file);
  }
  return group.filter((file) => !left.has(file));
}

const byBatch = (a: NamedFile, b: NamedFile): number => a.from - b.from || a.index - b.index;
