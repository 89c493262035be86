import { type ChildProcess, spawn } from 'node:child_process';
import { WebSocket } from 'ws';
import { programOf } from './programs.js';
import { tempDir } from './temp-dir.js';

/** Where a Chromium is, if there is one. */
export const chromium = programOf('chromium', 'chromium-browser', 'google-chrome', 'chrome-headless-shell');

/** A page in a headless Chromium, asked through its debugging protocol. */
export class Browser {
  private requests = 0;

  private constructor(
    private readonly process: ChildProcess,
    private readonly page: WebSocket,
  ) {}

  static async open(url: string): Promise<Browser> {
    const quiet = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
    const own = [`--user-data-dir=${tempDir()}`, '--remote-debugging-port=0', '--window-size=1000,640'];
    const browser = spawn(chromium!, [...quiet, ...own, url], { stdio: ['ignore', 'ignore', 'pipe'] });
    const host = await new Promise<string>((resolve, reject) => {
      let said = '';
      browser.stderr.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const found = /DevTools listening on ws:\/\/([^/]+)\//.exec(said);
        if (found !== null) resolve(found[1]!);
      });
      browser.on('close', () => reject(new Error(`the browser ended: ${said}`)));
    });
    for (;;) {
      const targets = (await (await fetch(`http://${host}/json/list`)).json()) as Record<string, string>[];
      const target = targets.find(({ type }) => type === 'page');
      if (target === undefined) continue;
      const page = new WebSocket(target['webSocketDebuggerUrl']!);
      await new Promise((resolve) => page.on('open', resolve));
      return new Browser(browser, page);
    }
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.ask<{ result: { value?: unknown } }>('Runtime.evaluate', {
      expression,
      returnByValue: true,
    });
    return result.value;
  }

  /** Waits until an expression in the page is true. */
  async until(expression: string, millis = 15_000): Promise<void> {
    const late = performance.now() + millis;
    while ((await this.evaluate(expression)) !== true) {
      if (performance.now() > late) throw new Error(`after ${millis} ms still not so: ${expression}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.process.on('close', resolve));
    this.page.terminate();
    this.process.kill('SIGKILL');
    await closed;
  }

  private ask<T>(method: string, params: object): Promise<T> {
    const id = ++this.requests;
    return new Promise((resolve) => {
      const listen = (data: Buffer): void => {
        const answer = JSON.parse(data.toString()) as { id?: number; result: T };
        if (answer.id !== id) return;
        this.page.off('message', listen);
        resolve(answer.result);
      };
      this.page.on('message', listen);
      this.page.send(JSON.stringify({ id, method, params }));
    });
  }
}
