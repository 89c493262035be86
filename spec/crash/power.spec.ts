import { draw } from './enumerate.js';
import { formats } from './jobs.js';
import { crashLab } from './lab.js';
import { momentsOf, playScript } from './model.js';

/** `npm run test:crash` takes every moment. */
const drawnMoments = 12;

const lab = crashLab();

describe.each(formats)('%s: a crash at each moment, and what was not synced is lost', (format) => {
  const moments = async (options: Parameters<typeof momentsOf>[0]): Promise<number[]> => {
    const count = await momentsOf(options);
    const all = Array.from({ length: count }, (_, i) => i + 1);
    // Of the format with the fewest, all.
    return format === 'text' ? all : draw(lab.random, all, drawnMoments);
  };

  it('at any moment', async () => {
    const options = { seed: lab.random.int(1, 1e9), judge: lab.judge, format };
    for (const power of await moments(options)) await playScript(options, [{ power }]);
  }, 60_000);

  it('at any moment, and then the options are changed', async () => {
    const options = { seed: lab.random.int(1, 1e9), judge: lab.judge, format };
    for (const power of await moments(options)) await playScript(options, [{ power }, 'change']);
  }, 60_000);

  it('at a kill, without a loss, and then the options are changed', async () => {
    const options = { seed: lab.random.int(1, 1e9), judge: lab.judge, format };
    for (const kill of await moments(options)) await playScript(options, [{ kill }, 'change']);
  }, 60_000);

  it('after a run that took up what a killed one had left', async () => {
    const options = { seed: lab.random.int(1, 1e9), judge: lab.judge, format };
    for (const kill of await moments(options)) await playScript(options, [{ kill }, 'run', 'lose power']);
  }, 60_000);
});
