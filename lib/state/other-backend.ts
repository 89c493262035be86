import { SluiceError } from '../errors/index.js';

/** A store was kept by a backend that is not the one of the pipeline. */
export function otherBackend(name: string, kept: string, now: string): SluiceError {
  return new SluiceError(
    'CHECKPOINT_MISMATCH',
    `The state '${name}' was kept with checkpoint(dir, { state: '${kept}' }); the pipeline has state: '${now}'. Set it ` +
      'back, or start with another checkpoint directory.',
    { details: { state: name, checkpoint: kept, pipeline: now } },
  );
}
