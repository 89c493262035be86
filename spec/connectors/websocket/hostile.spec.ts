import { type Fared, casesOf } from '../../../bench/hostile/cases.js';
import { join } from 'node:path';
import { bundle } from '../../helpers/bundle.js';
import { tempDir } from '../../helpers/temp-dir.js';

/** Short forms of bench/hostile.ts: the query runs in a process of its own. */
describe('push sources among peers that mean harm', () => {
  const program = tempDir();
  const cases = casesOf([bundle('bench/hostile/server.ts', program)]);
  const dir = (name: string): string => join(program, name);

  /** It was not impressed: memory, those who behave, the query. */
  function expectWell({ growth, served, health }: Fared): void {
    expect(growth).toBeLessThan(60e6);
    expect(served).toBeLessThan(5000);
    expect(health.error).toBeUndefined();
  }

  it('serves others while messages come a byte at a time', async () => {
    const fared = await cases.byteAtATime(dir('bytes'), 900, 3);
    expectWell(fared);
    // Those, and three of who behaves.
    expect(fared.health.rows).toBe(6);
  });

  it('leaves who sends a large message in very small pieces', async () => {
    const fared = await cases.byteAtATime(dir('pieces'), 60_000, 3, { maxMessageBytes: '64k' });
    expectWell(fared);
    expect(fared.health.metrics.disconnectedClients).toBe(3);
  });

  it('leaves who does not listen to the answers to its pings', async () => {
    const fared = await cases.neverReads(dir('deaf'), 200_000);
    expectWell(fared);
    expect(fared.health.metrics.disconnectedClients).toBe(1);
  });

  it('leaves who sends a gigabyte, in a frame or in fragments', async () => {
    const fared = await cases.hugeMessage(dir('huge'), 1 << 30, 4);
    expectWell(fared);
    expect(fared.health.metrics.disconnectedClients).toBe(4);
  });

  it('has files to write to when more connect than it may have open', async () => {
    const fared = await cases.manyConnections(dir('many'), 600, 60, 200);
    expectWell(fared);
    // One is who behaves.
    expect(fared.answers['101']).toBe(59);
    expect(Number(fared.answers['503']) + Number(fared.answers['closed'])).toBe(541);
    expect(Number(fared.health.metrics.refusedConnections)).toBeGreaterThanOrEqual(541);
  });

  it('forgets who is gone in the middle of a message', async () => {
    const fared = await cases.dropsInTheMiddle(dir('drops'), 200);
    expectWell(fared);
    expect(fared.health.metrics).toMatchObject({ connections: 1, disconnectedClients: 0 });
  });

  it('does not take a line of a gigabyte from a server', async () => {
    const { growth, health } = await cases.hugeLine(dir('line'), 1 << 30, 1000);
    expect(growth).toBeLessThan(60e6);
    expect(health.error).toBe('RECORD_TOO_LARGE');
  });
});
