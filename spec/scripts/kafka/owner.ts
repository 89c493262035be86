/** Starts a process that it does not wait for, prints its number, and lives until it is killed. */
import { join } from 'node:path';
import { leash, startDetached } from '../../../scripts/kafka/processes.js';

const dir = process.argv[2]!;
const { pid } = startDetached('sleep', ['60'], dir, join(dir, 'log.txt'));
leash(pid!, process.argv[3]!);
console.log(pid);
setTimeout(() => undefined, 60_000);
