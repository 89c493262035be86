import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where the data of a conformance case is: a destination of a sink, or what a source reads. */
export interface Places<Place> {
  /** A new, empty place for each case. Default: a path in a temporary directory at which nothing is yet. */
  readonly prepare?: () => Promise<Place> | Place;
  readonly cleanUp?: (place: Place) => Promise<void> | void;
}

/** Calls `body` with a place of its own, and cleans up after it. */
export async function inPlace<Place>(places: Places<Place>, body: (place: Place) => Promise<void>): Promise<void> {
  if (places.prepare !== undefined) {
    const place = await places.prepare();
    try {
      await body(place);
    } finally {
      await places.cleanUp?.(place);
    }
    return;
  }
  const dir = await mkdtemp(join(tmpdir(), 'sluice-suite-'));
  try {
    const place = join(dir, 'data') as Place;
    await body(place);
    await places.cleanUp?.(place);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
