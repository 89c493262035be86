import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { bundle } from '../../helpers/bundle.js';
import { tempDir } from '../../helpers/temp-dir.js';

const delay = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

async function start(file: string, dir: string): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [file, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<number>((resolve) =>
    child.stdout.once('data', (data: Buffer) => resolve(Number(data))),
  );
  return { child, port };
}

const written = (dir: string): string[] =>
  (existsSync(dir) ? readdirSync(dir) : [])
    .filter((name) => name.startsWith('part-'))
    .flatMap((name) => readFileSync(join(dir, name), 'utf8').split('\n').filter(Boolean));

it('what was acknowledged survives kill -9, and counts once', async () => {
  const dir = tempDir();
  const file = bundle('spec/connectors/websocket/spill-child.ts', dir);
  const acknowledged: string[] = [];
  let next = 0;
  for (let life = 0; life < 6; life++) {
    const { child, port } = await start(file, dir);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.on('open', resolve));
    const sent: string[] = [];
    let safe = 0;
    socket.on('message', (data: Buffer) => {
      safe = (JSON.parse(data.toString()) as { acknowledged: number }).acknowledged;
    });
    const stopAt = Date.now() + 30 + life * 37;
    while (Date.now() < stopAt) {
      for (let i = 0; i < 20; i++) socket.send((sent[sent.length] = `m${next++}`));
      await delay(1);
    }
    child.kill('SIGKILL');
    await new Promise((resolve) => child.on('close', resolve));
    await delay(5);
    acknowledged.push(...sent.slice(0, safe));
    socket.terminate();
  }
  expect(acknowledged.length).toBeGreaterThan(100);
  const { child } = await start(file, dir);
  const out = join(dir, 'out');
  for (let before = -1; before < written(out).length; await delay(300)) before = written(out).length;
  child.kill('SIGKILL');
  const rows = written(out);
  const there = new Set(rows);
  expect(acknowledged.filter((message) => !there.has(message))).toEqual([]);
  expect(rows.length).toBe(there.size);
}, 60_000);
