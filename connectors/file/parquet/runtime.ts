import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import type * as ParquetWasm from 'parquet-wasm/node';

/** WebAssembly memory never shrinks: an instance that has grown past this is replaced when it is idle. */
const maxMemoryBytes = 512 * 1024 * 1024;

/**
 * Instances of parquet-wasm, one at a time, for one kind of work.
 *
 * On damaged data the Rust code inside can panic. That ends its instance, and in asynchronous work it ends it from a
 * microtask: nobody gets the error, the process dies of an uncaught exception, and the promise that was asked for
 * stays open. So each instance gets its own `queueMicrotask`, which catches, the work in hand is rejected, and the
 * instance is thrown away. Work is done one piece at a time, which bounds the memory, and tells whose a panic is.
 */
export class WasmRuntime {
  private instance: WasmInstance | undefined;
  private idle: Promise<unknown> = Promise.resolve();

  /**
   * Calls `work` with an instance when all work that was asked for before is done. Rejects with what `work` rejects
   * with; `undecodable` tells panics apart.
   */
  exclusive<T>(work: (instance: WasmInstance) => Promise<T>): Promise<T> {
    const result = this.idle.then(async () => {
      const instance = this.take();
      try {
        return await new Promise<T>((resolve, reject) => {
          instance.onPanic = reject;
          work(instance).then(resolve, reject);
        });
      } catch (error) {
        if (undecodable(error)) instance.dead = true;
        throw error;
      } finally {
        instance.onPanic = undefined;
      }
    });
    this.idle = result.catch(() => undefined);
    return result;
  }

  /** The same for work that is not asynchronous, which needs no turn. */
  sync<T>(work: (wasm: typeof ParquetWasm) => T): T {
    const instance = this.take();
    try {
      return work(instance.wasm);
    } catch (error) {
      if (undecodable(error)) instance.dead = true;
      throw error;
    }
  }

  private take(): WasmInstance {
    if (this.instance === undefined || this.instance.dead || this.instance.memoryBytes > maxMemoryBytes) {
      this.instance = new WasmInstance();
    }
    return this.instance;
  }
}

/** Whether `error` is a panic (a trap of WebAssembly) rather than an error that parquet-wasm reports. */
export function undecodable(error: unknown): boolean {
  // By name, since the error may be of another realm. A RangeError is the stack or the memory at its end.
  const name = (error as Error | undefined)?.name;
  return name === 'RuntimeError' || name === 'RangeError';
}

/** One instance, with a memory of its own. */
export class WasmInstance {
  readonly wasm: typeof ParquetWasm;
  /** A panic has happened: whatever this instance does next would be wrong. */
  dead = false;
  onPanic: ((panic: unknown) => void) | undefined;
  /** Open files, by who opened them; they end with the instance. */
  readonly files = new WeakMap<object, ParquetWasm.ParquetFile>();

  constructor() {
    const require = createRequire(import.meta.url);
    const filename = require.resolve('parquet-wasm/node');
    // The module keeps its instance in its scope, and `import` and `require` would give the same one again: so its
    // source is run here, with two globals of our choice.
    const names = ['module', 'exports', 'require', '__dirname', 'queueMicrotask', 'FinalizationRegistry'];
    const load = compileFunction(readFileSync(filename, 'utf8'), names, { filename }) as (...given: unknown[]) => void;
    const module = { exports: {} };
    // Objects are freed by hand. A finalizer would run on dead instances too, and panic where nobody can catch it.
    const noFinalizers = undefined;
    const microtask = (task: () => void): void => queueMicrotask(() => this.guarded(task));
    load(module, module.exports, createRequire(filename), dirname(filename), microtask, noFinalizers);
    this.wasm = module.exports as typeof ParquetWasm;
  }

  get memoryBytes(): number {
    return (this.wasm.wasmMemory() as { buffer: ArrayBuffer }).buffer.byteLength;
  }

  private guarded(task: () => void): void {
    if (this.dead) return;
    try {
      task();
    } catch (panic) {
      this.dead = true;
      this.onPanic?.(panic);
    }
  }
}
