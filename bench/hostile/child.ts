import { type ChildProcess, spawn } from 'node:child_process';
import type { WebSocketServerOptions, WebSocketSourceOptions } from '../../connectors/index.js';

/** What the query of a child reads from: clients that connect, or the TCP server at `port`. */
export interface Setup {
  readonly dir: string;
  readonly port?: number;
  readonly options?: Omit<WebSocketSourceOptions, 'server' | 'url'>;
  readonly server?: Pick<WebSocketServerOptions, 'maxConnections'>;
}

export interface Health {
  /** Resident memory, and the most of it since it was measured anew. */
  readonly rss: number;
  readonly peak: number;
  /** How many rows are in files. */
  readonly rows: number;
  readonly metrics: Readonly<Record<string, string | number>>;
  /** The code with which the query failed. */
  readonly error?: string;
}

/** The other process: `bench/hostile/server.ts`. */
export class Child {
  private constructor(
    private readonly process: ChildProcess,
    readonly port: number,
  ) {}

  /** `program`: what Node is to run. `descriptors`: how many files and sockets the process may have open. */
  static async start(program: readonly string[], setup: Setup, descriptors?: number): Promise<Child> {
    const limit = descriptors === undefined ? '' : `ulimit -n ${descriptors} && `;
    const args = [`${limit}exec "$0" "$@"`, process.execPath, '--max-old-space-size=512', ...program];
    const child = spawn('sh', ['-c', ...args, JSON.stringify(setup)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    return new Child(child, (await answer<{ port: number }>(child)).port);
  }

  health({ anew = false } = {}): Promise<Health> {
    this.process.send({ anew });
    return answer<Health>(this.process);
  }

  /** The health when it fulfils `wanted`; what it is after `millis` if it never does. */
  async when(wanted: (health: Health) => boolean, millis = 20_000): Promise<Health> {
    const late = performance.now() + millis;
    for (;;) {
      const health = await this.health();
      if (wanted(health) || performance.now() > late) return health;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.process.once('close', resolve));
    this.process.kill('SIGKILL');
    await closed;
  }
}

function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the other process ended'));
    child.once('close', gone);
    child.once('message', (message) => {
      child.off('close', gone);
      resolve(message as T);
    });
  });
}
