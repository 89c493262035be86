/**
 * What survives: the long run of `spec/crash`. Takes an hour.
 *
 *   npm run test:crash                         everything
 *   npm run test:crash -- steps power          some of: steps, replay, compact, evolve, sinks,
 *                                              joined, pushed, backed, stateful, kafka, kafka-brokers,
 *                                              power, model, soak, faults
 *   SLUICE_SEED=1 npm run test:crash           the same random choices again
 *
 *   steps   SIGKILL before and after every durable step of a run, for each format, and with a manifest
 *   replay  the same with functions that give other rows at each attempt
 *   compact the same while files are merged, with and without a manifest
 *   evolve  the same with bad records, columns that come up, partitions and compressed files
 *   sinks   the same with fanOut and route, for each format
 *   joined  more than 200 SIGKILLs each: unions into files and a database, by fanOut and route; a query that starts
 *           again by itself; sources that come and go
 *   pushed  the same: a WebSocket server whose clients send again, a socket, an Observable, through a log on disk
 *   backed  the same: a primary that fails at random, and a backup in its place, into files and a database
 *   stateful the same: windows, sessions, duplicates, joins and groups with state, from files to files
 *   kafka   225 SIGKILLs over a million rows, while brokers are killed and strangers write in transactions: Kafka to
 *           Kafka, to files and from files, an independent consumer reading all along; SIGKILL before and after each
 *           durable step, and before, during and after each call of the client; no broker for a minute in each phase of a
 *           batch. Needs Java and Maven
 *   kafka-brokers three brokers, of which one after another is killed while the sink writes; everything is read back
 *   power   loss of power at every moment, also with other options after it, and after a run that went on from a kill
 *   model   1,000 random sequences of events beside a model
 *   soak    SIGKILL, stop and errors at random moments, while somebody reads the directory
 *   faults  sinks with planted faults are seen by each of these checks
 *
 * Ends with 1 if anything was lost, there twice, or not whole.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../lib/testing/random.js';
import { killBrokers } from '../spec/connectors/kafka/sink/broker-kills.js';
import { killBacked } from '../spec/crash/backed-cases.js';
import { Judge } from '../spec/crash/data.js';
import { Small, withCompaction, withManifest } from '../spec/crash/enumerate.js';
import { type FormatName, type Job, formats } from '../spec/crash/jobs.js';
import { type JoinedCase, joinedCases, killJoined } from '../spec/crash/joined-cases.js';
import { type KafkaFaultPlanted, kafkaFaults } from '../spec/crash/kafka-calls.js';
import { killKafka } from '../spec/crash/kafka-cases.js';
import { KafkaLab } from '../spec/crash/kafka-lab.js';
import { SmallKafka } from '../spec/crash/kafka-moments.js';
import { type KafkaShape, kafkaShapes } from '../spec/crash/kafka.js';
import { type Phase, outage, phases, rolling } from '../spec/connectors/kafka/faults/outages.js';
import { emptyTally, momentsOf, playScript, playSequences } from '../spec/crash/model.js';
import { ChildProgram } from '../spec/crash/processes.js';
import { type PushedCase, killPushed, pushedCases } from '../spec/crash/pushed-cases.js';
import { type Interruption, soak } from '../spec/crash/soak.js';
import { killStateful } from '../spec/crash/stateful-cases.js';
import { type StateOption, type StatefulKind, stateOptions, statefulKinds } from '../spec/crash/stateful.js';

const sequences = 1_000;
const soakRows = 300_000;
const soaks: [Interruption, number][] = [
  ['kill', 55],
  ['stop', 12],
  ['throw', 12],
];
const randomKills = 210;
const processesAtOnce = 2;

const random = Random.fresh();
const judge = await Judge.create();
const program = new ChildProgram();
const lab = { random, judge, program };
const number = (n: number): string => n.toLocaleString('en-US');
const complaints: string[] = [];
let kills = 0;

function complain(complaint: string): void {
  complaints.push(complaint);
  console.log(`WRONG: ${complaint}`);
}

async function attempt(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    complain((error as Error).message);
  }
}

async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const lane = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: processesAtOnce }, lane));
}

async function everyStep(format: FormatName, replay: boolean, more: Partial<Job> = {}): Promise<string> {
  return everyStepOf(await Small.create(judge, program, format), replay, more);
}

async function everyStepOf(small: Small, replay: boolean, more: Partial<Job> = {}): Promise<string> {
  const moments = await small.moments(more);
  let own = 0;
  await eachOf(moments, async ({ number: moment }) => {
    const run = replay ? small.crashAttempts([moment], more) : small.crashAt([moment], more);
    const { complaint, kills: killed } = await run;
    own += killed;
    if (complaint !== undefined) complain(complaint);
  });
  kills += own;
  small.remove();
  const steps = moments.filter(({ when }) => when === 'before').length;
  return `${small.format} ${steps} steps, ${moments.length} moments, ${own} kills`;
}

async function everyLoss(format: FormatName): Promise<string> {
  const options = { seed: random.int(1, 1e9), judge, format };
  const count = await momentsOf(options);
  for (let moment = 1; moment <= count; moment++) {
    await attempt(() => playScript(options, [{ power: moment }]));
    await attempt(() => playScript(options, [{ power: moment }, 'change']));
    await attempt(() => playScript(options, [{ kill: moment }, 'run', 'lose power']));
  }
  return `${format} ${count} moments, each in three ways`;
}

async function soaked(format: FormatName, how: Interruption, interruptions: number): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-soak-'));
  const options = { judge, program, random, format, dir, rows: soakRows, files: 4, how, interruptions };
  const result = await soak(options);
  rmSync(dir, { recursive: true, force: true });
  if (result.complaint !== undefined) complain(result.complaint);
  if (how === 'kill') kills += result.interruptions;
  const seconds = (result.millis / 1000).toFixed(0);
  return `${format} ${how}: ${result.interruptions} in ${result.rounds} runs of ${number(soakRows)} rows (${number(result.rows)}), read ${result.looks} times meanwhile, ${seconds} s`;
}

async function joined(name: JoinedCase): Promise<string> {
  const result = await killJoined(lab, name, randomKills);
  if (result.complaint !== undefined) complain(`${name}: ${result.complaint}`);
  kills += result.kills;
  const { kills: own, rounds, restarting, refused } = result;
  return `${name}: ${own} kills in ${rounds} runs, ${restarting} of them between a failure and the restart, ${refused} starts refused`;
}

async function pushed(name: PushedCase): Promise<string> {
  const result = await killPushed(lab, name, randomKills);
  if (result.complaint !== undefined) complain(`${name}: ${result.complaint}`);
  kills += result.kills;
  return `${name}: ${result.kills} kills in ${result.rounds} runs, ${number(result.rows)} rows`;
}

async function backed(): Promise<string> {
  const result = await killBacked(lab, randomKills);
  if (result.complaint !== undefined) complain(`backed: ${result.complaint}`);
  kills += result.kills;
  const { kills: own, rounds, switches } = result;
  return `fallback: ${own} kills in ${rounds} runs, gone over ${switches} times`;
}

async function stateful(keeps: StatefulKind, state: StateOption): Promise<string> {
  const result = await killStateful(lab, { keeps, state }, randomKills);
  if (result.complaint !== undefined) complain(`${keeps} in ${state}: ${result.complaint}`);
  kills += result.kills;
  return `${keeps} in ${state}: ${result.kills} kills in ${result.rounds} runs`;
}

const brokerKills = 8;
const kafkaRun = { kills: 75, rows: 350_000, rowsPerSecond: 2000, brokerKills: 12, life: 1500 };

async function inKafka(act: (kafka: KafkaLab) => Promise<string>, nodes = 1): Promise<string> {
  const kafka = await KafkaLab.start(nodes);
  try {
    return await act(kafka);
  } finally {
    await kafka.close();
  }
}

/** Three brokers, of which one at a time is killed. */
const kafka = (shape: KafkaShape): Promise<string> =>
  inKafka(async (brokers) => {
    const result = await killKafka({ ...lab, kafka: brokers }, { ...kafkaRun, shape });
    if (result.complaint !== undefined) complain(`${shape}: ${result.complaint}`);
    kills += result.kills;
    const { kills: own, brokerKills, rows, transactions } = result;
    return `${shape}: ${own} kills, ${brokerKills} of brokers, ${number(rows)} rows; transactions of strangers: ${transactions}`;
  }, 3);

/** Brokers die one after another under the sink's load; the process lives. */
async function kafkaBrokers(): Promise<string> {
  const { batches, complaint, redone, rows } = await killBrokers(brokerKills, random);
  if (complaint !== undefined) complain(`kafka-brokers: ${complaint}`);
  return `${brokerKills} brokers killed, ${number(rows)} rows in ${batches} transactions, ${redone} of them written again`;
}

const kafkaMoments = (): Promise<string> =>
  inKafka(async (brokers) => {
    const small = await SmallKafka.create({ ...lab, kafka: brokers });
    const moments = await small.moments();
    let own = 0;
    await eachOf(moments, async (moment) => {
      const { killed, complaint } = await small.crashAt(moment);
      if (killed) own++;
      if (complaint !== undefined) complain(complaint);
    });
    kills += own;
    await small.remove();
    return `${moments.length} moments, ${own} kills`;
  });

/** Three brokers restart one after another, in order and killed. */
const kafkaRolling = (): Promise<string> =>
  inKafka(async (brokers) => {
    for (const how of ['stop', 'kill'] as const) {
      const dir = mkdtempSync(join(tmpdir(), 'sluice-rolling-'));
      const complaint = await rolling(brokers, how, dir);
      if (complaint !== undefined) complain(`brokers restarted (${how}): ${complaint}`);
      rmSync(dir, { recursive: true, force: true });
    }
    return 'three brokers restarted one after another, in order and killed';
  }, 3);

/** A minute without any broker, in each phase of a batch. */
const kafkaOutages = (): Promise<string> =>
  inKafka(async (brokers) => {
    for (const phase of Object.keys(phases) as Phase[]) {
      const dir = mkdtempSync(join(tmpdir(), 'sluice-outage-'));
      const complaint = await outage(brokers, phase, 60_000, dir);
      if (complaint !== undefined) complain(`the broker was away ${phase}: ${complaint}`);
      rmSync(dir, { recursive: true, force: true });
    }
    return `away for a minute ${Object.keys(phases).join(', ')}`;
  });

const kafkaFaultsSeen = (): Promise<string> =>
  inKafka(async (brokers) => {
    const faults = Object.keys(kafkaFaults) as KafkaFaultPlanted[];
    for (const fault of faults) {
      const killing = { ...kafkaRun, brokerKills: 0, shape: 'kafka to kafka', fault } as const;
      const { complaint } = await killKafka({ ...lab, kafka: brokers }, killing);
      if (complaint === undefined) complain(`the check did not see ${fault}`);
    }
    return `seen: ${faults.join(', ')}`;
  });

/** Each check, with a fault that it has to see. */
async function plantedFaults(): Promise<string[]> {
  const small = await Small.create(judge, program, 'json');
  const rename = { step: 'rename', when: 'after', path: /part-/ } as const;
  const seen: string[] = [];
  const expect = (what: string, complaint: string | undefined): void => {
    if (complaint === undefined) complain(`the check did not see a sink that ${what}`);
    else seen.push(what);
  };
  expect('losesReplay', (await small.crashAt([{ ...rename, when: 'before' }], { fault: 'losesReplay' })).complaint);
  expect('writesTwice', (await small.crashAt([rename], { fault: 'writesTwice' })).complaint);
  const csv = await Small.create(judge, program, 'csv');
  expect('forgetsNames', (await csv.crashAttempts([{ ...rename, nth: 2 }], { fault: 'forgetsNames' })).complaint);
  for (const fault of ['losesReplay', 'writesTwice', 'acknowledgesEarly'] as const) {
    let complaint: string | undefined;
    await playSequences(random, 100, judge, fault).catch((error: Error) => (complaint = error.message));
    expect(`${fault} (model)`, complaint);
  }
  for (const fault of ['writesTwice', 'forgetsBatch', 'marksFirst'] as const) {
    expect(`${fault} (joined)`, (await killJoined(lab, 'union to fanOut', randomKills, { fault })).complaint);
  }
  for (const fault of ['acknowledgesUnwritten', 'cutsEnd', 'trimsUncommitted', 'writesTwice'] as const) {
    expect(`${fault} (pushed)`, (await killPushed(lab, 'webSocket', randomKills, fault)).complaint);
  }
  for (const fault of ['keepsInProcess', 'keepsAtOnce'] as const) {
    expect(
      `${fault} (stateful)`,
      (await killStateful(lab, { keeps: 'duplicates', state: 'memory', fault }, randomKills)).complaint,
    );
  }
  const dir = mkdtempSync(join(tmpdir(), 'sluice-soak-'));
  const options = { judge, program, random, dir, rows: 40_000, files: 2, how: 'kill', interruptions: 3 } as const;
  expect('writesInPlace', (await soak({ ...options, format: 'json', more: { fault: 'writesInPlace' } })).complaint);
  rmSync(dir, { recursive: true, force: true });
  small.remove();
  csv.remove();
  return [`seen: ${seen.join(', ')}`];
}

async function model(): Promise<string[]> {
  const tally = emptyTally();
  while (tally.sequences < sequences && complaints.length < 5) {
    await attempt(() => playSequences(random, sequences - tally.sequences, judge, undefined, tally));
  }
  return [
    Object.entries<number>({ ...tally })
      .map(([what, n]) => `${what} ${number(n)}`)
      .join(', '),
  ];
}

/** What takes long is told when it is done. */
const inTurn = async (acts: readonly (() => Promise<string>)[]): Promise<string[]> => {
  for (const act of acts) await attempt(async () => console.log(`        ${await act()}`));
  return [];
};

const parts: Record<string, () => Promise<string[]>> = {
  steps: () =>
    inTurn([...formats.map((format) => () => everyStep(format, false)), () => everyStep('json', false, withManifest)]),
  replay: () => inTurn([() => everyStep('csv', true), () => everyStep('csv', true, { manifest: 'spark' })]),
  compact: () =>
    inTurn(
      [{}, { manifest: 'spark' } as const].map((more) => () => everyStep('csv', false, { ...withCompaction, ...more })),
    ),
  evolve: () =>
    inTurn(
      (['csv', 'json'] as const).map((format) => () => everyStepOf(Small.evolving(judge, program, format), false)),
    ),
  sinks: () =>
    inTurn(
      (['fanOut', 'route'] as const).flatMap((sinks) =>
        formats.map((format) => () => everyStep(format, false, { sinks, partitionBy: [] })),
      ),
    ),
  joined: () => inTurn((Object.keys(joinedCases) as JoinedCase[]).map((name) => () => joined(name))),
  pushed: () => inTurn((Object.keys(pushedCases) as PushedCase[]).map((name) => () => pushed(name))),
  backed: () => inTurn([backed]),
  stateful: () => inTurn(stateOptions.flatMap((state) => statefulKinds.map((keeps) => () => stateful(keeps, state)))),
  kafka: () =>
    inTurn([
      kafkaMoments,
      ...kafkaShapes.map((shape) => () => kafka(shape)),
      kafkaRolling,
      kafkaOutages,
      kafkaFaultsSeen,
    ]),
  'kafka-brokers': () => inTurn([kafkaBrokers]),
  power: () => inTurn(formats.map((format) => () => everyLoss(format))),
  model,
  soak: () => inTurn(soaks.flatMap(([how, n]) => formats.map((format) => () => soaked(format, how, n)))),
  faults: plantedFaults,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(parts, name));
if (unknown.length > 0)
  throw new Error(`There is no ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}.`);
console.log(`seed ${random.seed}`);
const begun = performance.now();
for (const name of asked.length > 0 ? asked : Object.keys(parts)) {
  console.log(name);
  const from = performance.now();
  await attempt(async () => {
    for (const line of await parts[name]!()) console.log(`        ${line}`);
  });
  console.log(`        ${((performance.now() - from) / 1000).toFixed(0)} s`);
}
judge.close();
program.remove();
const seconds = ((performance.now() - begun) / 1000).toFixed(0);
console.log(
  `${number(kills)} processes killed, ${seconds} s: ${complaints.length === 0 ? 'every row is there once' : `${complaints.length} complaints`}.`,
);
process.exitCode = complaints.length === 0 ? 0 : 1;
