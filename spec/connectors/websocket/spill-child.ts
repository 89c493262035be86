/** A process that takes messages, keeps them on disk, and writes them to files until it is killed: `spill-child <dir>`. */
import { writeSync } from 'node:fs';
import { startQuery } from '../../../lib/index.js';
import { fileSink, webSocketSource } from '../../../connectors/index.js';
import { checkpoint } from '../../../operators/index.js';

const dir = process.argv[2]!;
const messages$ = webSocketSource({
  server: { port: 0, onListening: ({ port }) => void writeSync(1, `${port}\n`) },
  buffer: { spill: `${dir}/spill` },
  acknowledge: true,
  maxRows: 50,
}).pipe(checkpoint(`${dir}/checkpoint`));
await startQuery({ from: messages$, to: fileSink({ format: 'text', path: `${dir}/out` }) }).awaitTermination();
