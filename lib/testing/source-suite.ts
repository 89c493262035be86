import { firstValueFrom, map, take, timeout as within, toArray } from 'rxjs';
import type { Json } from '../batch/index.js';
import type { Flow } from '../flow.js';
import { expectSameRows, inTime, must, pause, same, show } from './compare.js';
import { type Places, inPlace } from './places.js';
import { type Random, seeded } from './random.js';
import { takeStock } from './resources.js';
import { type Case, type TestRunner, register, runnerFor } from './runner.js';
import { Probe, joinSource, everything, upTo } from './source-probe.js';

/** What a source promises. The suite tests exactly that. */
export interface SourceSupports {
  /** Whether a range can be read again after a crash, by another reader. */
  readonly replay: boolean;
  /** Whether a batch holds at most (`'exact'`), or not much more than (`'about'`, the default), the rows it may. */
  readonly limits?: 'exact' | 'about' | false;
  /** Whether it has `freeze()`. Default true. */
  readonly freeze?: boolean;
  /** Whether data that was there before the source was opened is read, too. Default true. */
  readonly history?: boolean;
  /** Whether rows come in the order in which they were fed. Default true. */
  readonly ordered?: boolean;
}

export interface SourceSuiteOptions<Row, Place> extends Places<Place> {
  /** Names the suite in the test report. */
  readonly name: string;
  /** A new source that reads `place`: a flow as the factory returns it, without operators. */
  readonly create: (place: Place) => Flow<Row>;
  /** Adds `count` rows (numbered from `from`) to `place`, and returns them as they will be read, in order. */
  readonly feed: (place: Place, count: number, from: number) => readonly Row[] | Promise<readonly Row[]>;
  readonly supports: SourceSupports;
  /** How long one call may take, in milliseconds. Default 10 000. */
  readonly timeout?: number;
}

/**
 * Tests a source of any kind against the contract of sources. Each case gets a place of its own and drives the reader
 * as the engine does; the last ones run a query.
 *
 * @example
 * ```ts
 * sourceSuite({
 *   name: 'memorySource',
 *   prepare: () => memorySource<{ n: number }>({ schema: 'n INT' }),
 *   create: (source) => source,
 *   feed: (source, count, from) => {
 *     const rows = Array.from({ length: count }, (_, i) => ({ n: from + i }));
 *     source.addData(rows);
 *     return rows;
 *   },
 *   supports: { replay: true, limits: 'exact' },
 * });
 * ```
 *
 * @param runner `describe` and `it` of your test runner; default: the global ones.
 */
export function sourceSuite<Row, Place = string>(options: SourceSuiteOptions<Row, Place>, runner?: TestRunner): void {
  register(runnerFor('sourceSuite', runner), `${options.name}: conformance of the source`, sourceCases(options));
}

function sourceCases<Row, Place>(options: SourceSuiteOptions<Row, Place>): Case[] {
  const { replay, limits = 'about', freeze = true, history = true, ordered = true } = options.supports;
  const cases: Case[] = [];
  const define = (name: string, body: (trial: Trial<Row, Place>) => Promise<void>): void => {
    cases.push({ name, run: () => inPlace(options, (place) => Trial.run(options, place, body)) });
  };
  const expectRows = (what: string, actual: readonly Row[], expected: readonly Row[]): void =>
    expectSameRows(what, actual, expected, ordered);

  define('starts at the beginning, and gives what is there', async (trial) => {
    const { probe, start, fed } = await trial.opened(5);
    const { rows } = await probe.drain(start, 5, () => everything, false);
    expectRows('From the beginning', rows, fed);
  });

  define('with nothing new, latest() is the start itself', async (trial) => {
    const { probe, start } = await trial.opened(3);
    const { end } = await probe.drain(start, 3, () => everything, false);
    for (let i = 0; i < 2; i++) {
      const again = await probe.latest(end);
      must(same(again, end), () => `Nothing is new after ${show(end)}, but latest() gave ${show(again)}.`);
    }
    await probe.commit(end);
    const after = await probe.latest(end);
    must(same(after, end), () => `Nothing is new after the commit of ${show(end)}, but latest() gave ${show(after)}.`);
  });

  define('goes on with what comes later', async (trial) => {
    const { probe, start, fed } = await trial.opened(3);
    const { end } = await probe.drain(start, 3, () => everything, true);
    const more = await trial.feed(4);
    const { rows } = await probe.drain(end, 4, () => everything, true);
    expectRows(`After ${fed.length} rows`, rows, more);
  });

  define('reads a range again, the same, also when more has come', async (trial) => {
    const { probe, start } = await trial.opened(4);
    const end = await probe.arrived(start);
    const first = await probe.read(start, end);
    expectRows('The second time', await probe.read(start, end), first);
    await trial.feed(3);
    await probe.latest(end);
    expectRows('After more has come', await probe.read(start, end), first);
  });

  define('offsets do not change under the caller', async (trial) => {
    const { probe, start } = await trial.opened(3);
    const end = await probe.arrived(start);
    const before = JSON.stringify([start, end]);
    await probe.read(start, end);
    await probe.commit(end);
    await trial.feed(2);
    await probe.arrived(end);
    must(JSON.stringify([start, end]) === before, 'An offset that was given out was changed later.');
  });

  if (replay) {
    define('another reader reads the same range, the same', async (trial) => {
      const { probe, start } = await trial.opened(4);
      const end = await probe.arrived(start);
      const first = await probe.read(start, end);
      const memory = probe.memory;
      await trial.close(probe);
      await trial.feed(3);
      const second = await trial.open(memory);
      expectRows('After a restart', await second.read(start, end), first);
      await second.commit(end);
      const { rows } = await second.drain(end, 3, () => everything, true);
      must(rows.length === 3, () => `After the replay 3 rows were to come, but ${rows.length} did.`);
    });

    define('another reader goes on where the last commit was', async (trial) => {
      const { probe, start } = await trial.opened(3);
      const { end } = await probe.drain(start, 3, () => everything, true);
      const memory = probe.memory;
      await trial.close(probe);
      const more = await trial.feed(4);
      const second = await trial.open(memory);
      const { rows } = await second.drain(end, 4, () => everything, true);
      expectRows('After a restart', rows, more);
    });

    define('gives every row once over random limits and restarts', (trial) =>
      seeded(async (random) => {
        const fed: Row[] = [...(history ? await trial.feed(random.int(5, 20)) : [])];
        let probe = await trial.open();
        let at = await probe.initial();
        if (!history) fed.push(...(await trial.feed(random.int(5, 20))));
        const rows: Row[] = [];
        while (rows.length < fed.length) {
          const limit = limits === false ? everything : upTo(random.int(1, 6));
          const end = await probe.arrived(at, limit);
          const part = await probe.read(at, end);
          const memory = probe.memory;
          if (random.int(0, 2) === 0) {
            await trial.close(probe);
            probe = await trial.open(memory);
            expectRows('A range after a restart', await probe.read(at, end), part);
          }
          await probe.commit(end);
          rows.push(...part);
          at = end;
          if (random.int(0, 3) === 0 && fed.length < 60) fed.push(...(await trial.feed(random.int(1, 10))));
        }
        expectRows('All batches together', rows, fed);
      }),
    );
  }

  if (limits !== false) {
    define(`heeds limits (${limits}) and gives every row once, in order`, async (trial) =>
      seeded(async (random: Random) => {
        const { probe, start, fed } = await trial.opened(20);
        const asked: number[] = [];
        const { rows, sizes } = await probe.drain(
          start,
          20,
          () => upTo(asked[asked.push(random.int(1, 5)) - 1]!),
          true,
        );
        expectRows('All batches together', rows, fed);
        if (limits === 'exact') {
          const tooLarge = sizes.findIndex((size, i) => size > Math.max(...asked.slice(0, i + 1)));
          must(
            tooLarge < 0,
            () => `Batch ${tooLarge} has ${sizes[tooLarge]} rows; the limits were ${asked.join(', ')}.`,
          );
        }
      }),
    );
  }

  if (freeze) {
    define('frozen, it gives what was there and nothing that comes later', async (trial) => {
      const { probe, start, fed } = await trial.opened(4);
      // What is on its way counts when it has arrived.
      await probe.arrived(start);
      must(probe.reader.freeze !== undefined, 'The reader has no freeze(); say so by `supports: { freeze: false }`.');
      await probe.freeze();
      await trial.feed(3);
      await pause(5);
      const rows: Row[] = [];
      let at = start;
      for (;;) {
        const end = await probe.latest(at, limits === false ? everything : upTo(3));
        if (same(end, at)) break;
        rows.push(...(await probe.read(at, end)));
        await probe.commit(end);
        at = end;
        must(rows.length <= fed.length + 3, 'A frozen source goes on for ever.');
      }
      expectRows('Frozen', rows, fed);
    });
  }

  define('closes while it reads', async (trial) => {
    const { probe, start } = await trial.opened(4);
    const end = await probe.arrived(start);
    const reading = probe.read(start, end).then(
      () => undefined,
      () => undefined, // What is not needed any more may fail.
    );
    await trial.close(probe);
    await reading;
  });

  define('closes without having been read', async (trial) => {
    await trial.close(await trial.open());
  });

  define('gives nothing while it is being subscribed, and then all', async (trial) => {
    const early = history ? await trial.feed(4) : [];
    const flow = options.create(trial.place);
    let subscribing = true;
    let sync = false;
    let count = 0;
    const rows: Row[] = [];
    await inTime(
      new Promise<void>((resolve, reject) => {
        const subscription = flow.subscribe({
          next: (batch) => {
            sync ||= subscribing;
            rows.push(...batch.rows);
            if ((count += batch.numRows) < 4 || subscribing) return;
            resolve();
          },
          error: reject,
        });
        subscribing = false;
        trial.atEnd(async () => subscription.unsubscribe());
        if (!history) trial.feed(4).catch(reject);
      }),
      options.timeout ?? 10_000,
      'The arrival of all rows in a subscriber',
    );
    must(!sync, 'A batch was delivered inside subscribe().');
    if (history) expectRows('A subscriber', rows, early);
  });

  define('stops when it is unsubscribed', async (trial) => {
    const fed = history ? await trial.feed(4) : [];
    const flow = options.create(trial.place);
    const batches = flow.pipe(
      map((batch) => batch.numRows),
      take(1),
      within(options.timeout ?? 10_000),
      toArray(),
    );
    const got = firstValueFrom(batches);
    if (fed.length === 0) await trial.feed(4);
    must((await got).length === 1, 'There was no batch.');
  });

  return cases;
}

/** One place and its readers. */
class Trial<Row, Place> {
  private readonly closers: (() => Promise<void>)[] = [];
  private fed = 0;

  private constructor(
    private readonly options: SourceSuiteOptions<Row, Place>,
    readonly place: Place,
  ) {}

  static async run<Row, Place>(
    options: SourceSuiteOptions<Row, Place>,
    place: Place,
    body: (trial: Trial<Row, Place>) => Promise<void>,
  ): Promise<void> {
    const expectNothingLeft = takeStock();
    const trial = new Trial(options, place);
    try {
      await body(trial);
    } finally {
      for (const close of trial.closers) await close();
    }
    await expectNothingLeft();
  }

  async feed(count: number): Promise<readonly Row[]> {
    const from = this.fed;
    this.fed += count;
    const rows = await this.options.feed(this.place, count, from);
    must(rows.length === count, () => `sourceSuite: \`feed\` was asked for ${count} rows and gave ${rows.length}.`);
    return rows;
  }

  /** A new source and its reader, as a process that starts makes them. */
  async open(memory?: readonly Json[]): Promise<Probe<Row>> {
    const probe = await Probe.open<Row>(
      joinSource(this.options.create(this.place)),
      this.options.timeout ?? 10_000,
      memory,
    );
    this.closers.push(() => probe.close());
    return probe;
  }

  /** A reader at its beginning, with so many rows to be read. */
  async opened(count: number): Promise<{ probe: Probe<Row>; start: Json; fed: readonly Row[] }> {
    const before = this.options.supports.history === false ? undefined : await this.feed(count);
    const probe = await this.open();
    const start = await probe.initial();
    return { probe, start, fed: before ?? (await this.feed(count)) };
  }

  async close(probe: Probe<Row>): Promise<void> {
    await probe.close();
  }

  atEnd(close: () => Promise<void>): void {
    this.closers.push(close);
  }
}
