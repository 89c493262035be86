import type { SinkDefinition } from '../../lib/connect/index.js';
import type { Random } from '../../lib/testing/random.js';

/** Throws if something is to fail just now. */
export type MayFail = (when: string) => void;

/** Once in so many times; by default often enough that hardly a run gets through without it. */
export const failingAtRandom =
  (random: Random, times = 25): MayFail =>
  (when) => {
    if (random.int(1, times) === 1) throw new Error(`planted ${when}`);
  };

/** The sink, failing at times before or after it has written. */
export const failingWrites = <R>(sink: SinkDefinition<R>, name: string, mayFail: MayFail): SinkDefinition<R> => ({
  ...sink,
  open: async (context) => {
    const writer = await sink.open(context);
    return {
      write: async (batch) => {
        mayFail(`before ${name} is written`);
        await writer.write(batch);
        mayFail(`after ${name} is written`);
      },
      close: () => writer.close?.(),
    };
  },
});

/** Of queries that fail all the time. */
export const restart = { initial: 2, max: 5, maxRestarts: 1000 };
