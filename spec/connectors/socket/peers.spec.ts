import { type ChildProcess, spawn } from 'node:child_process';
import { type AddressInfo, createServer } from 'node:net';
import { Subject } from 'rxjs';
import { startQuery } from 'sluice';
import { memorySink, socketSink, socketSource } from 'sluice/connectors';
import { microBatch } from 'sluice/operators';
import { itWith, programOf } from '../../helpers/programs.js';
import { until } from '../../helpers/until.js';

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function run(program: string, ...args: string[]) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  const said: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => said.push(data));
  return { write: (text: string) => void child.stdin.write(text), said: () => Buffer.concat(said).toString() };
}

/** Takes one connection; what it is told goes there, what comes from there it tells. */
const pythonServer = `
import socket, sys, threading
server = socket.create_server(('127.0.0.1', int(sys.argv[1])))
connection, _ = server.accept()
def tell():
    while data := connection.recv(65536):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
threading.Thread(target=tell, daemon=True).start()
for line in sys.stdin.buffer:
    connection.sendall(line)
`;

const nc = programOf('nc');
const python = programOf('python3');
const servers = [
  ['nc', nc, (port: number) => run(nc!, '-l', '127.0.0.1', String(port))],
  ['Python', python, (port: number) => run(python!, '-c', pythonServer, String(port))],
] as const;

describe.each(servers)('a server that is not ours: %s', (name, program, serve) => {
  const reconnect = { initial: 20, max: 50 };

  itWith(name, program)('feeds the source', async () => {
    const port = await freePort();
    const sink = memorySink<{ value: string }>();
    const query = startQuery({ from: socketSource({ host: '127.0.0.1', port, reconnect }), to: sink });
    const server = serve(port);
    server.write('first\ngrüße 👋\n');
    await until(() => sink.rows.length === 2);
    server.write(`${'x'.repeat(100_000)}\n`);
    await until(() => sink.rows.length === 3);
    expect(sink.rows.map(({ value }) => value)).toEqual(['first', 'grüße 👋', 'x'.repeat(100_000)]);
    await query.stop();
  });

  itWith(name, program)('is told by the sink', async () => {
    const port = await freePort();
    const values = new Subject<{ value: string }>();
    const to = socketSink({ host: '127.0.0.1', port, reconnect });
    const query = startQuery({ from: values.pipe(microBatch({ schema: 'value STRING' })), to });
    const server = serve(port);
    values.next({ value: 'first' });
    values.next({ value: 'grüße 👋' });
    await until(() => server.said() === 'first\ngrüße 👋\n');
    await query.stop();
  });
});
