/**
 * npm run bench                 all of it, some ten minutes
 * npm run bench -- --check      exit code 1 if a bar is missed
 * npm run bench -- --top        also the functions that take the most time
 * npm run bench -- --nexmark    only the queries of Nexmark
 * npm run bench -- --kafka      only Kafka, on a broker that it starts; needs Java and Maven
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, builtScript, publishedScript } from './build.js';
import { answerOf, median, runNode } from './children.js';
import { type InputFormat, csvHeader, csvLine, orders, ordersDdl, ordersFile, writeTexts } from './data.js';
import type { ExpressionsJob } from './expressions.js';
import { kafka } from './kafka.js';
import type { Line } from './lines.js';
import { nexmark } from './nexmark.js';
import { runPeers } from './peers.js';
import { cacheDir } from './places.js';
import type { Shares } from './profile.js';
import type { SmallBatches } from './small-batches.js';
import type { StateKept, StateRecovered } from './state.js';
import { filterInputs } from './straight.js';
import type { JobResult, Task } from './work.js';

const rowCount = 1_000_000;
/** The peers take ten times as long and more; a rate is a rate. */
const peerRowCount = 100_000;
const pushedCount = 500_000;
const pairs = 5;
const startsCount = 9;
const chosen = ['id', 'shop', 'amount', 'at', 'note'];

const run = async <T>(task: Task): Promise<T> =>
  answerOf<T>(await runNode([builtScript('work'), JSON.stringify(task)]));

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const limitsOf = (shares: Shares): string =>
  shares
    .filter(([, share]) => share >= 0.03)
    .slice(0, 5)
    .map(([phase, share]) => `${phase} ${percent(share)}`)
    .join(', ');

const millions = (rows: number, seconds: number): string => `${(rows / seconds / 1e6).toFixed(2)} M/s`;

function showTop(top: Shares | undefined): void {
  if (!process.argv.includes('--top')) return;
  for (const [name, share] of top ?? []) console.log(`    ${percent(share).padStart(5)}  ${name}`);
}

/** In turns, so that a load that comes and goes meets both. */
async function againstStraight(from: 'csv' | 'json' | 'parquet', to: 'csv' | 'parquet'): Promise<Line> {
  const job = { from, to, input: ordersFile(from, rowCount) };
  const straight: JobResult[] = [];
  const pipeline: JobResult[] = [];
  for (let i = 0; i < pairs; i++) {
    straight.push(await run<JobResult>({ task: 'straight', ...job }));
    pipeline.push(await run<JobResult>({ task: 'pipeline', ...job }));
  }
  const { shares, top } = await run<JobResult>({ task: 'pipeline', ...job, profile: true });
  for (const { rows } of [...straight, ...pipeline]) {
    if (rows !== rowCount) throw new Error(`${from} to ${to}: ${rows} rows instead of ${rowCount}`);
  }
  const seconds = (results: readonly JobResult[]): number => median(results.map((r) => r.seconds));
  const ratio = median(straight.map((s, i) => s.seconds / pipeline[i]!.seconds));
  const cpu = median(straight.map((s, i) => s.cpuSeconds / pipeline[i]!.cpuSeconds));
  const rss = Math.round(median(pipeline.map((r) => r.rssBytes)) / 1e6);
  const rates = `${millions(rowCount, seconds(pipeline))} of ${millions(rowCount, seconds(straight))}`;
  showTop(top);
  return {
    what: `${from} to ${to}`,
    measured: `${ratio.toFixed(2)} (${rates}; processor ${cpu.toFixed(2)}; ${rss} MB)`,
    bar: '>= 0.80',
    passed: ratio >= 0.8,
    limits: limitsOf(shares ?? []),
  };
}

async function againstPeers(): Promise<Line> {
  const ours: JobResult[] = [];
  const job = { from: 'csv', to: 'parquet', columns: chosen } as const;
  const peers = await run<JobResult>({ task: 'peers', ...job, input: ordersFile('csv', peerRowCount) });
  if (peers.rows !== peerRowCount) throw new Error(`fast-csv: ${peers.rows} rows instead of ${peerRowCount}`);
  for (let i = 0; i < 3; i++) {
    ours.push(await run<JobResult>({ task: 'pipeline', ...job, input: ordersFile('csv', rowCount) }));
  }
  const { shares, top } = await run<JobResult>({
    task: 'pipeline',
    ...job,
    input: ordersFile('csv', rowCount),
    profile: true,
  });
  showTop(top);
  const seconds = median(ours.map((r) => r.seconds));
  const times = rowCount / seconds / (peerRowCount / peers.seconds);
  const rates = `${millions(rowCount, seconds)} of ${millions(peerRowCount, peers.seconds)}`;
  return {
    what: 'csv to parquet, 5 columns, against fast-csv + parquetjs-lite',
    measured: `${times.toFixed(1)} times (${rates})`,
    bar: '>= 3 times',
    passed: times >= 3,
    limits: limitsOf(shares ?? []),
  };
}

/** CSV, a filter, a computed column, Parquet: against the loop by hand and against DuckDB on one thread, in turns. */
async function filtered(): Promise<Line[]> {
  const job = { from: 'csv', to: 'parquet', input: ordersFile('csv', rowCount), filtered: true } as const;
  const results = { straight: [] as JobResult[], pipeline: [] as JobResult[], duckdb: [] as JobResult[] };
  for (let i = 0; i < pairs; i++) {
    results.straight.push(await run<JobResult>({ task: 'straight', ...job, columns: filterInputs }));
    results.pipeline.push(await run<JobResult>({ task: 'pipeline', ...job }));
    results.duckdb.push(await run<JobResult>({ task: 'duckdb', ...job }));
  }
  const { shares, top } = await run<JobResult>({ task: 'pipeline', ...job, profile: true });
  const counts = new Set(Object.values(results).flatMap((all) => all.map(({ rows }) => rows)));
  if (counts.size !== 1) throw new Error(`csv, where, withColumn to parquet: ${[...counts].join(' or ')} rows`);
  showTop(top);
  const rate = (all: readonly JobResult[]): string => millions(rowCount, median(all.map(({ seconds }) => seconds)));
  return (['straight', 'duckdb'] as const).map((peer): Line => {
    const ratio = median(results[peer].map(({ seconds }, i) => seconds / results.pipeline[i]!.seconds));
    const cpu = median(results[peer].map(({ cpuSeconds }, i) => cpuSeconds / results.pipeline[i]!.cpuSeconds));
    const bar = peer === 'straight' ? 0.8 : 0.5;
    return {
      what: `csv, where, withColumn to parquet, against ${peer === 'straight' ? 'the loop by hand' : 'DuckDB on one thread'}`,
      measured: `${ratio.toFixed(2)} (${rate(results.pipeline)} of ${rate(results[peer])}; processor ${cpu.toFixed(2)})`,
      bar: `>= ${bar.toFixed(2)}`,
      passed: ratio >= bar,
      limits: limitsOf(shares ?? []),
    };
  });
}

/**
 * Reading a file to columns, or writing columns that are in memory, and another program or library doing the same, in
 * turns. What is compared is the first time in a process, which pays for loading and compiling; the second is shown.
 */
async function formats(
  what: string,
  bar: number,
  ours: ReadingTask | WritingTask,
  theirs: ReadingTask | WritingTask,
  library?: string,
): Promise<Line> {
  const results = { ours: [] as JobResult[], theirs: [] as JobResult[] };
  for (let i = 0; i < (library === undefined ? pairs : 3); i++) {
    results.ours.push(await run<JobResult>(ours));
    results.theirs.push(await run<JobResult>(theirs));
  }
  const { shares, top } = await run<JobResult>({ ...ours, profile: true });
  const rows = { ours: ours.rows, theirs: theirs.rows };
  for (const side of ['ours', 'theirs'] as const) {
    for (const result of results[side]) {
      if (result.rows !== rows[side]) throw new Error(`${what}: ${result.rows} rows instead of ${rows[side]}`);
    }
  }
  const ratioBy = (seconds: (result: JobResult) => number): number =>
    median(results.ours.map((o, i) => (seconds(results.theirs[i]!) / rows.theirs) * (rows.ours / seconds(o))));
  const ratio = ratioBy((r) => r.seconds);
  const again = ratioBy((r) => r.warmSeconds!);
  const rate = (side: 'ours' | 'theirs'): string => millions(rows[side], median(results[side].map((r) => r.seconds)));
  const rss = Math.round(median(results.ours.map((r) => r.rssBytes)) / 1e6);
  showTop(top);
  const times = library === undefined ? '' : ' times';
  return {
    what: `${what}, against ${library ?? 'DuckDB on one thread'}`,
    measured: `${ratio.toFixed(2)}${times} (${rate('ours')} of ${rate('theirs')}; again ${again.toFixed(2)}; ${rss} MB)`,
    bar: `>= ${bar.toFixed(2)}${times}`,
    passed: ratio >= bar,
    limits: limitsOf(shares ?? []),
  };
}

type ReadingTask = Extract<Task, { task: 'reading' }>;
type WritingTask = Extract<Task, { task: 'writing' }>;

const formatNames = { csv: 'CSV', json: 'JSON lines', parquet: 'Parquet' } as const;

function reading(format: InputFormat, bar: number): Promise<Line> {
  const job = { task: 'reading', format, input: ordersFile(format, rowCount), rows: rowCount } as const;
  return formats(`read ${formatNames[format]}`, bar, { ...job, side: 'ours' }, { ...job, side: 'duckdb' });
}

function writing(format: InputFormat, bar: number): Promise<Line> {
  const job = { task: 'writing', format, rows: rowCount } as const;
  return formats(`write ${formatNames[format]}`, bar, { ...job, side: 'ours' }, { ...job, side: 'duckdb' });
}

/** The libraries that are slow get a tenth of the rows. */
async function readingAgainst(library: 'fast-csv' | 'parquetjs-lite' | 'JSON.parse'): Promise<Line> {
  const format = ({ 'fast-csv': 'csv', 'parquetjs-lite': 'parquet', 'JSON.parse': 'json' } as const)[library];
  const bar = { 'fast-csv': 4, 'parquetjs-lite': 10, 'JSON.parse': 2 }[library];
  const columns = library === 'JSON.parse' ? { columns: halfOfColumns } : {};
  const job = { task: 'reading', format, ...columns } as const;
  const ours = { ...job, side: 'ours', input: ordersFile(format, rowCount), rows: rowCount } as const;
  const rows = library === 'JSON.parse' ? rowCount : peerRowCount;
  // It cannot read ours: they have dictionaries.
  const input = library === 'parquetjs-lite' ? await parquetjsFile(rows) : ordersFile(format, rows);
  const what = `read ${library === 'JSON.parse' ? 'half the members of ' : ''}${formatNames[format]}`;
  return formats(what, bar, ours, { ...job, side: 'library', input, rows }, library);
}

const halfOfColumns = ['id', 'amount', 'at', 'city'];

async function parquetjsFile(rows: number): Promise<string> {
  const outputDir = join(cacheDir, 'data', `parquetjs-${rows}`);
  const path = join(outputDir, 'out.parquet');
  if (existsSync(path)) return path;
  mkdirSync(outputDir, { recursive: true });
  await runPeers({ from: 'csv', to: 'parquet', input: ordersFile('csv', rows), outputDir });
  return path;
}

/** Orders over a WebSocket to a file of JSON lines, and what one writes with `ws` alone, in turns. */
async function pushed(): Promise<Line> {
  const job = { task: 'push', messages: pushedCount } as const;
  const bare: JobResult[] = [];
  const pipeline: JobResult[] = [];
  for (let i = 0; i < pairs; i++) {
    bare.push(await run<JobResult>({ ...job, side: 'bare' }));
    pipeline.push(await run<JobResult>({ ...job, side: 'pipeline' }));
  }
  const { shares, top } = await run<JobResult>({ ...job, side: 'pipeline', profile: true });
  showTop(top);
  const ratio = median(bare.map(({ seconds }, i) => seconds / pipeline[i]!.seconds));
  const cpu = median(bare.map(({ cpuSeconds }, i) => cpuSeconds / pipeline[i]!.cpuSeconds));
  const rate = (all: readonly JobResult[]): string => millions(pushedCount, median(all.map(({ seconds }) => seconds)));
  return {
    what: 'WebSocket, from_json to JSON lines, against a bare ws server',
    measured: `${ratio.toFixed(2)} (${rate(pipeline)} of ${rate(bare)}; processor ${cpu.toFixed(2)})`,
    bar: '>= 0.70',
    passed: ratio >= 0.7,
    limits: limitsOf(shares ?? []),
  };
}

/** What several sources or sinks cost over one, in turns. */
async function several(): Promise<Line[]> {
  const whole = [ordersFile('csv', rowCount)];
  const halves = [ordersFile('csv', rowCount / 2), ordersFile('csv', rowCount / 2)];
  const jobs = {
    one: { inputs: whole, to: 'parquet' },
    union: { inputs: halves, to: 'parquet' },
    csv: { inputs: whole, to: 'csv' },
    route: { inputs: whole, to: 'routed' },
  } as const;
  type Kind = keyof typeof jobs;
  const results: Record<Kind, JobResult[]> = { one: [], union: [], csv: [], route: [] };
  for (let i = 0; i < pairs; i++) {
    for (const kind of Object.keys(jobs) as Kind[]) {
      const result = await run<JobResult>({ task: 'several', ...jobs[kind] });
      if (result.rows !== rowCount) throw new Error(`${kind}: ${result.rows} rows instead of ${rowCount}`);
      results[kind].push(result);
    }
  }
  const time = (kind: Kind): number => median(results[kind].map(({ seconds }) => seconds));
  const line = async (kind: Kind, what: string, over: Kind, bar: number): Promise<Line> => {
    const { shares } = await run<JobResult>({ task: 'several', ...jobs[kind], profile: true });
    const ratioOf = (figure: 'seconds' | 'cpuSeconds'): number =>
      median(results[kind].map((result, i) => result[figure] / results[over][i]![figure]));
    const ratio = ratioOf('seconds');
    const rates = `${millions(rowCount, time(kind))} of ${millions(rowCount, time(over))}`;
    return {
      what,
      measured: `${ratio.toFixed(2)} times as long (${rates}; processor ${ratioOf('cpuSeconds').toFixed(2)})`,
      bar: `<= ${bar.toFixed(2)}`,
      passed: ratio <= bar,
      limits: limitsOf(shares ?? []),
    };
  };
  const slower = time('csv') > time('one') ? 'csv' : 'one';
  return [
    await line('union', 'two csv files by union to parquet, against one of all rows', 'one', 1.1),
    await line('route', 'csv by route to csv and parquet, against all rows to the slower', slower, 1.15),
  ];
}

/** Expressions over columns that are in memory. */
async function expressions(kind: ExpressionsJob['kind'], what: string, bar: number): Promise<Line> {
  const job = { task: 'expressions', kind, rows: kind === 'json' ? 1_000_000 : 20_000_000 } as const;
  const results: JobResult[] = [];
  for (let i = 0; i < 3; i++) results.push(await run<JobResult>(job));
  const { shares, top } = await run<JobResult>({ ...job, profile: true });
  showTop(top);
  const rate = job.rows / median(results.map(({ seconds }) => seconds)) / 1e6;
  const cpu = job.rows / median(results.map(({ cpuSeconds }) => cpuSeconds)) / 1e6;
  return {
    what,
    measured: `${rate.toFixed(1)} M/s (a second of processor: ${cpu.toFixed(1)} M)`,
    bar: `>= ${bar.toFixed(1)} M/s`,
    passed: rate >= bar,
    limits: limitsOf(shares ?? []),
  };
}

async function smallBatches(): Promise<Line> {
  const { batch, disk, overhead, steps, phases } = await run<SmallBatches>({ task: 'smallBatches' });
  const show = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .map(([name, n]) => `${name} ${n.toFixed(1)}`)
      .join(', ');
  return {
    what: 'a batch of ten rows, file to file, synced',
    measured: `${overhead.toFixed(2)} ms over the disk (${batch.toFixed(2)} ms, disk ${disk.toFixed(2)} ms)`,
    bar: '<= 5 ms',
    passed: overhead <= 5,
    limits: `steps a batch: ${show(steps)}; ms: ${show(phases)}`,
  };
}

/** A store of a million keys; what brings it back runs in a process of its own. */
async function state(): Promise<Line[]> {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const kept = answerOf<StateKept>(await runNode([builtScript('state'), 'keep', dir]));
    const recovered: StateRecovered[] = [];
    for (let i = 0; i < 3; i++) {
      recovered.push(answerOf<StateRecovered>(await runNode([builtScript('state'), 'recover', dir])));
    }
    const seconds = median(recovered.map((r) => r.seconds));
    return [
      {
        what: 'state of 1,000,000 keys: memory a key, over the key and its value',
        measured: `${kept.overhead.toFixed(0)} bytes`,
        bar: '<= 300 bytes',
        passed: kept.overhead <= 300,
        limits: 'two texts and a place in a Map',
      },
      {
        what: 'a commit of 1,000 of these keys, 99 of 100, snapshots being written',
        measured: `${kept.slowCommit.toFixed(1)} ms (median ${kept.commit.toFixed(1)} ms, processor ${kept.processorPerCommit.toFixed(1)} ms)`,
        bar: '<= 20 ms',
        passed: kept.slowCommit <= 20,
        limits: 'the sync',
      },
      {
        what: 'recovery of these keys',
        measured: `${seconds.toFixed(2)} s (processor ${median(recovered.map((r) => r.processorSeconds)).toFixed(2)} s)`,
        bar: '< 3 s',
        passed: seconds < 3,
        limits: 'the Map',
      },
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function firstRow(): Promise<Line> {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  try {
    const input = join(dir, 'small.csv');
    writeTexts(input, [csvHeader, ...[...orders(80)].map(csvLine)]);
    const firsts: number[] = [];
    const bare: number[] = [];
    const loads: number[] = [];
    for (let i = 0; i < startsCount; i++) {
      bare.push((await runNode(['--eval', 'console.log(1)'])).firstOutput);
      const child = await runNode([publishedScript('first-row'), input, join(dir, String(i)), ordersDdl]);
      firsts.push(child.firstOutput);
      loads.push(answerOf<{ loaded: number }>(child).loaded);
    }
    const first = median(firsts) / 1000;
    const [node, loaded] = [median(bare), median(loads)];
    return {
      what: 'start of the process to the first row',
      measured: `${first.toFixed(2)} s`,
      bar: '< 0.3 s',
      passed: first < 0.3,
      limits: `Node itself ${node.toFixed(0)} ms, modules ${(loaded - node).toFixed(0)} ms, the rest ${(first * 1000 - loaded).toFixed(0)} ms`,
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const started = performance.now();
await build();
const lines: Line[] = [];
const show = (line: Line): void => {
  lines.push(line);
  console.log(`${line.passed ? 'PASS ' : 'below'}  ${line.what}: ${line.measured}`);
};
const measure = async (work: () => Promise<Line>): Promise<void> => show(await work());
const only = (['nexmark', 'kafka'] as const).find((part) => process.argv.includes(`--${part}`));
if (only !== 'kafka') for (const line of await nexmark(run, limitsOf)) show(line);
if (only !== 'nexmark') await measureKafka();
if (only === undefined) await measureAll();

async function measureKafka(): Promise<void> {
  const report = ({ shares, top }: Pick<JobResult, 'shares' | 'top'>): string => {
    showTop(top);
    return limitsOf(shares ?? []);
  };
  await kafka(report, show);
}

async function measureAll(): Promise<void> {
  await measure(() => againstStraight('csv', 'parquet'));
  await measure(() => againstStraight('json', 'parquet'));
  await measure(() => againstStraight('parquet', 'parquet'));
  await measure(() => againstStraight('csv', 'csv'));
  await measure(againstPeers);
  await measure(() => reading('csv', 0.5));
  await measure(() => reading('json', 0.4));
  await measure(() => reading('parquet', 0.6));
  await measure(() => writing('csv', 0.4));
  await measure(() => writing('json', 0.4));
  await measure(() => writing('parquet', 0.6));
  await measure(() => readingAgainst('fast-csv'));
  await measure(() => readingAgainst('parquetjs-lite'));
  await measure(() => readingAgainst('JSON.parse'));
  for (const line of await filtered()) show(line);
  await measure(() => expressions('numbers', 'where and three computed columns, numbers, in memory', 20));
  await measure(() => expressions('texts', 'where and three computed columns, texts, in memory', 3));
  await measure(() => expressions('json', 'from_json, documents of six fields, in memory', 0.3));
  await measure(pushed);
  for (const line of await several()) show(line);
  await measure(smallBatches);
  for (const line of await state()) show(line);
  await measure(firstRow);
}

const cells = lines.map((l) => [l.what, l.measured, l.bar, l.passed ? 'PASS' : 'below', l.limits]);
const head = ['what', 'measured', 'bar', '', 'what limits it'];
const widths = head.map((_, c) => Math.max(...[head, ...cells].map((row) => row[c]!.length)));
const row = (texts: readonly string[]): string => `| ${texts.map((text, c) => text.padEnd(widths[c]!)).join(' | ')} |`;
console.log(`\n${row(head)}\n|${widths.map((w) => '-'.repeat(w + 2)).join('|')}|`);
for (const line of cells) console.log(row(line));
const load = loadavg().map((l) => l.toFixed(1));
console.log(
  `\n${rowCount.toLocaleString('en-US')} rows of 8 columns; Node ${process.version}, ${availableParallelism()} processors, ` +
    `load ${load.join(' ')}; ${((performance.now() - started) / 1000).toFixed(0)} s`,
);
if (process.argv.includes('--check') && lines.some((line) => !line.passed)) process.exitCode = 1;
