import type { DataType } from '../schema/index.js';
import { textOf } from './aggregation/calls.js';
import type { Bound } from './bound.js';
import { invalid } from './errors.js';
import type { Windowing } from './functions/define.js';
import type { Handlers } from './resolve.js';

/** A window function that is called somewhere, resolved. */
export interface FoundWindow {
  readonly name: string;
  readonly windowing: Windowing;
  readonly args: readonly Bound[];
  /** What stands for its result. */
  readonly result: Bound;
}

/**
 * Finds the window function of expressions that are resolved together. There may be one, as in Spark: rows of two would
 * be multiplied by each other.
 */
export class OnlyWindow {
  found: FoundWindow | undefined;
  private identity: string | undefined;

  /** @param stand what stands for windows of this type where the function is called */
  constructor(private readonly stand: (type: DataType, window: Omit<FoundWindow, 'result'>) => Bound) {}

  readonly handler: NonNullable<Handlers['window']> = (definition, call, args, binding) => {
    const windowing = definition.windows(binding);
    const [time, ...others] = call.args;
    const identity = [definition.name, textOf(time!), windowing.identity || others.map(textOf).join()].join(' ');
    if (this.found === undefined) {
      const window = { name: definition.name, windowing, args };
      this.found = { ...window, result: this.stand(windowing.type, window) };
      this.identity = identity;
    } else if (identity !== this.identity) {
      throw invalid(
        'UNSUPPORTED_FEATURE.MULTIPLE_WINDOWS',
        'One operator has one window function, this one a second. Use two of them, one after the other.',
      );
    }
    return this.found.result;
  };
}
