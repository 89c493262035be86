import { hookDurableSteps } from '../../../lib/durable.js';

class Crash extends Error {}

/** Runs until the step of that number, from which on nothing reaches the disk; false if it never came. */
export const crashing = async (at: number, act: () => Promise<void>): Promise<boolean> => {
  let steps = 0;
  const undo = hookDurableSteps(() => {
    if (++steps >= at) throw new Crash();
  });
  try {
    await act();
    return false;
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return true;
  } finally {
    undo();
  }
};
