/** A seeded generator, so that what was found once can be found again. */
export class Random {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** A new seed each time, or that of the environment variable SLUICE_SEED. */
  static fresh(): Random {
    const given = Number(process.env['SLUICE_SEED']);
    return new Random(Number.isInteger(given) && given > 0 ? given : Math.floor(Math.random() * 2 ** 31) + 1);
  }

  /** A whole number from `min` to `max`. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** The elements in order, cut into pieces, some of them empty if `empty` is set. */
  split<T>(values: readonly T[], empty = false): T[][] {
    const pieces: T[][] = [];
    for (let at = 0; at < values.length;) {
      const size = this.int(empty ? 0 : 1, 4);
      pieces.push(values.slice(at, at + size));
      at += size;
    }
    return pieces;
  }

  /** mulberry32 */
  private next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }
}

/** Runs a case that draws at random; a failure names the seed. */
export async function seeded(body: (random: Random) => Promise<void>): Promise<void> {
  const random = Random.fresh();
  try {
    await body(random);
  } catch (error) {
    if (error instanceof Error)
      error.message += `\n  (with the seed ${random.seed}: set SLUICE_SEED=${random.seed} to see it again)`;
    throw error;
  }
}
