/**
 * Compares this library with results of a real Spark: `npm run golden -- --dir DIR --area expr,csv`. Without `--dir`
 * the cases are those in the repository, without `--area` and `--topic` they are all. Failures go to the file `--out`
 * (default golden-failures.json in the folder for temporary files). Exits with 1 unless all of them are agreed on.
 * With `--prune` the list of agreed differences loses those that are none any more.
 */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { adapters } from './adapters/index.js';
import { readCases } from './case.js';
import { Differences } from './differences.js';
import { type Failure, runArea, summary } from './run.js';

const ours = join(import.meta.dirname, '../../spec/golden');
const { values } = parseArgs({
  options: {
    dir: { type: 'string', default: ours },
    area: { type: 'string' },
    topic: { type: 'string' },
    prune: { type: 'boolean', default: false },
    out: { type: 'string', default: join(tmpdir(), 'golden-failures.json') },
  },
});

const topics = values.topic?.split(',');
const cases = readCases(values.dir).filter(({ topic }) => topics?.includes(topic) ?? true);
const areas = values.area?.split(',') ?? [...new Set(cases.map(({ area }) => area))];
const list = join(ours, 'differences.json');
const differences = Differences.read(list);
const failures: Failure[] = [];
const notRun: Record<string, string> = {};
for (const area of areas) {
  const result = await runArea(area, cases, adapters, differences);
  console.log(summary(result));
  failures.push(...result.failures);
  for (const [id, reason] of result.notRun) notRun[id] = reason;
}
if (values.prune) {
  const differ = new Set([...failures.map(({ id }) => id), ...Object.keys(notRun)]);
  const ran = cases.filter(({ area }) => areas.includes(area)).map(({ id }) => id);
  Differences.forget(list, new Set(ran.filter((id) => !differ.has(id))));
}
writeFileSync(values.out, JSON.stringify({ failures, notRun }, null, 2));
if (failures.length > 0) console.log(`The failures are in ${values.out}`);
// Queries that a fault left running would keep the process alive.
process.exit(failures.every(({ agreed }) => agreed !== undefined) ? 0 : 1);
