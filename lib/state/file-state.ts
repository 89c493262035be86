import type { Json } from '../batch/index.js';
import type { StateBackend, StoreLayout } from './contract.js';
import { FileStore, type FileStoreOptions } from './file-store.js';
import { storeDirectory, toPointer } from './store-files.js';

/** State in memory that survives in files: a directory a store. */
export class FileState implements StateBackend {
  constructor(
    private readonly dir: string,
    private readonly options: FileStoreOptions,
  ) {}

  create(layout: StoreLayout): FileStore {
    return new FileStore(layout, storeDirectory(this.dir, layout.name), this.options);
  }

  async load(name: string, pointer: Json): Promise<FileStore> {
    return FileStore.load(storeDirectory(this.dir, name), toPointer(name, pointer), this.options);
  }

  close(): void {}
}
