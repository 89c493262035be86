import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { WebSocket } from 'ws';
import { Browser, chromium } from './helpers/browser.js';
import { itWith } from './helpers/programs.js';
import { until } from './helpers/until.js';

/** The sample samples/live-page.ts, as long as nobody stops it. */
describe('the live page', () => {
  let sample: ChildProcess;
  let url: string;

  beforeAll(async () => {
    const script = join(__dirname, '../samples/live-page.ts');
    sample = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const said = await new Promise<string>((resolve) =>
      sample.stdout!.setEncoding('utf8').once('data', (text: string) => resolve(text)),
    );
    url = said.slice(said.indexOf('http')).trim();
  });
  afterAll(async () => {
    const ended = new Promise((resolve) => sample.on('close', resolve));
    sample.kill('SIGINT');
    // It ends by itself, in order.
    expect(await ended).toBe(0);
  });

  it('has a script that draws what comes', async () => {
    const html = await (await fetch(url)).text();
    expect(html).toBe(readFileSync(join(__dirname, '../samples/live-page.html'), 'utf8'));
    const script = /<script>(.*)<\/script>/s.exec(html)![1]!;
    const sockets: WebSocket[] = [];
    const drawn: Record<string, number> = {};
    const pen = new Proxy(
      {},
      {
        get: (_, name: string) => () => void (drawn[name] = (drawn[name] ?? 0) + 1),
      },
    );
    const element = (): object => ({
      style: { setProperty: () => undefined },
      append: () => undefined,
      clientWidth: 900,
      clientHeight: 340,
      getContext: () => pen,
    });
    const elements = new Map<string, { textContent?: string }>();
    const frames: (() => void)[] = [];
    runInNewContext(script, {
      location: { host: new URL(url).host },
      devicePixelRatio: 1,
      document: {
        createElement: element,
        getElementById: (id: string) => elements.set(id, elements.get(id) ?? element()).get(id),
      },
      getComputedStyle: () => ({ getPropertyValue: () => '#000' }),
      requestAnimationFrame: (frame: () => void) => frames.push(frame),
      setTimeout,
      WebSocket: class extends WebSocket {
        constructor(address: string) {
          super(address);
          sockets.push(this);
        }
      },
    });
    try {
      await until(() => {
        frames.splice(0).forEach((frame) => frame());
        return (drawn['lineTo'] ?? 0) > 200;
      });
      expect(elements.get('state')!.textContent).toMatch(/^\d+ readings$/);
    } finally {
      for (const socket of sockets) {
        socket.onclose = null;
        socket.terminate();
      }
    }
  });

  itWith('Chromium', chromium)(
    'draws the readings in a browser',
    async () => {
      const browser = await Browser.open(url);
      try {
        await browser.until('count > 60 && sensors.size === 3');
        const inked =
          "canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.filter((v, i) => i % 4 === 3 && v > 0).length";
        expect(await browser.evaluate(inked)).toBeGreaterThan(1000);
        expect(await browser.evaluate("document.querySelectorAll('section').length")).toBe(3);
        expect(await browser.evaluate('state.textContent')).toMatch(/^\d+ readings$/);
      } finally {
        await browser.close();
      }
    },
    30_000,
  );
});
