import type { Adapter } from '../adapter.js';
import { expressions } from './expressions.js';
import { partitionWrite } from './partition-write.js';
import { rate } from './rate.js';
import { readers } from './readers.js';
import { sink } from './sink.js';
import { writers } from './writers.js';

export const adapters = [
  expressions,
  writers('csv'),
  writers('json'),
  readers('csv'),
  readers('json'),
  rate,
  partitionWrite,
  sink,
] as unknown as readonly Adapter[];
