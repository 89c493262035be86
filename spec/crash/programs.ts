import type { StartOptions } from '../../lib/query/index.js';
import { type BackedJob, backed, isBacked } from './backed.js';
import { type EvolvingJob, buildEvolving, isEvolving } from './evolving.js';
import { type Job, build } from './jobs.js';
import { type JoinedJob, isJoined, joined } from './joined.js';
import { type KafkaJob, isKafka, kafka } from './kafka.js';
import { type PushedJob, isPushed, pushed } from './pushed.js';
import { type StatefulJob, isStateful, stateful } from './stateful.js';

/** What a child process can be told to run. */
export type AnyJob = Job | EvolvingJob | JoinedJob | PushedJob | BackedJob | StatefulJob | KafkaJob;

export function queryOf(job: AnyJob): StartOptions<never> {
  if (isBacked(job)) return backed(job);
  if (isStateful(job)) return stateful(job);
  if (isKafka(job)) return kafka(job);
  if (isJoined(job)) return joined(job);
  if (isPushed(job)) return pushed(job) as unknown as StartOptions<never>;
  return (isEvolving(job) ? buildEvolving(job) : build(job)) as unknown as StartOptions<never>;
}
