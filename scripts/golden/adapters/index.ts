import type { Adapter } from '../adapter.js';
import { expressions } from './expressions.js';
import { partitionRead } from './partition-read.js';
import { partitionWrite } from './partition-write.js';
import { rate } from './rate.js';
import { readers } from './readers.js';
import { sink } from './sink.js';
import { source } from './source.js';
import { stream } from './stream.js';
import { sessionWindows, timeWindows } from './window.js';
import { writers } from './writers.js';

export const adapters = [
  expressions,
  writers('csv'),
  writers('json'),
  readers('csv'),
  readers('json'),
  rate,
  partitionRead,
  partitionWrite,
  sink,
  source,
  timeWindows,
  sessionWindows,
  stream,
] as unknown as readonly Adapter[];
