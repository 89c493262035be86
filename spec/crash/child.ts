/**
 * A process that runs one job and is killed on the way: `node child.mjs <job as JSON>`. Dies at the moment that
 * `SLUICE_CRASH_AT` names. Says `ready` when it starts, and `done`, `stopped` or `failed <code> <message>` at its end;
 * with `COUNT_STEPS` also a line `steps <JSON>`, and `calls <JSON>` of what it asked brokers. SIGTERM stops it in order.
 */
import { writeSync } from 'node:fs';
import { startQuery } from '../../lib/query/index.js';
import { countSteps, crashAt } from '../../lib/testing/crash.js';
import { countCalls } from './kafka-calls.js';
import { isKafka } from './kafka.js';
import { type AnyJob, queryOf } from './programs.js';

const say = (line: string): void => void writeSync(1, `${line}\n`);

const job = JSON.parse(process.argv[2]!) as AnyJob;
const counted = process.env['COUNT_STEPS'] === undefined ? undefined : countSteps();
const calls = counted !== undefined && isKafka(job) ? countCalls() : undefined;
crashAt();
const query = startQuery(queryOf(job));
let stopped = false;
process.on('SIGTERM', () => {
  stopped = true;
  void query.stop();
});
// Nothing happens before the next turn of the event loop.
say('ready');
try {
  await query.awaitTermination();
  if (counted !== undefined) say(`steps ${JSON.stringify(counted.steps)}`);
  if (calls !== undefined) say(`calls ${JSON.stringify(calls)}`);
  say(stopped ? 'stopped' : 'done');
} catch (error) {
  const { code, message } = error as { code?: string; message: string };
  say(`failed ${code} ${message.replaceAll('\n', ' ')}`);
}
process.removeAllListeners('SIGTERM');
