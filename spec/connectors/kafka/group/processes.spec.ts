import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bundle } from '../../../helpers/bundle.js';
import { brokerMillis, describeKafka } from '../../../helpers/kafka.js';
import { tempDir } from '../../../helpers/temp-dir.js';
import { Lab } from '../source/lab.js';
import { Member, twice } from './members.js';

const partitions = 6;

/** Short, but longer than a process stands still on a machine that does much else: it would be taken for dead. */
const session = 3_000;

describeKafka()('three processes of a group', () => {
  let lab: Lab;
  let program: string;
  let groups = 0;
  let members: Member[] = [];

  beforeAll(async () => {
    lab = await Lab.open();
    program = bundle('spec/connectors/kafka/group/member.ts', tempDir());
  }, brokerMillis);
  let endTraffic = async (): Promise<unknown> => undefined;
  afterEach(async () => {
    await endTraffic();
    await Promise.all(members.map((member) => member.kill()));
  });
  afterAll(() => lab.close());

  /** Records come all the time, until it is ended; says which there are. */
  const traffic = (topic: string) => {
    let goesOn = true;
    const sent: string[] = [];
    const next = Array.from({ length: partitions }, () => 0);
    const producer = lab.kafka.producer();
    const sending = (async () => {
      await producer.connect();
      while (goesOn) {
        const messages = next.flatMap((_, partition) => Array.from({ length: 5 }, () => ({ partition, value: 'x' })));
        await producer.send({ topic, messages });
        for (const { partition } of messages) sent.push(`${partition} ${next[partition]!++}`);
        await pause(5);
      }
      await producer.disconnect();
    })();
    return async (): Promise<string[]> => {
      goesOn = false;
      await sending;
      return sent.sort();
    };
  };

  const start = async (sessionTimeout: number, busy = 20) => {
    const subscribe = await lab.topic(partitions);
    const { bootstrapServers } = lab;
    const groupId = `p${groups++}`;
    const dir = tempDir();
    const source = { bootstrapServers, subscribe, groupId, startingOffsets: 'earliest' } as const;
    const timeouts = { sessionTimeout, heartbeatInterval: sessionTimeout / 10 };
    members = [0, 1, 2].map((i) => {
      const job = { source: { ...source, ...timeouts, assignment: 'group' as const }, dir: join(dir, String(i)), busy };
      return new Member(program, job);
    });
    for (const member of members) member.start();
    const end = traffic(subscribe);
    endTraffic = end;
    await progress(...members);
    return end;
  };

  /** Waits until each of them has read more. */
  const progress = async (...of: readonly Member[]): Promise<void> => {
    const before = of.map(({ rows }) => rows.length);
    await eventually(() => of.every(({ rows }, i) => rows.length > before[i]!), 'nothing is read');
  };
  const eventually = async (isSo: () => boolean, what: string): Promise<void> => {
    const late = performance.now() + 40_000;
    while (!isSo()) {
      if (performance.now() > late) throw new Error(`${what}: ${members.map(({ failure }) => failure).join()}`);
      await pause(20);
    }
  };
  const readAll = async (sent: readonly string[]): Promise<void> => {
    const missing = (): string[] => {
      const read = new Set(members.flatMap(({ rows }) => rows));
      return sent.filter((row) => !read.has(row));
    };
    await eventually(() => missing().length === 0, 'something is missing').catch((error: unknown) => {
      throw new Error(`${String(error)} ${missing().length}: ${missing().slice(0, 10).join()}`);
    });
  };

  it('read every record once when they are killed and come back in time', async () => {
    const end = await start(10_000);
    for (let i = 0; i < 6; i++) {
      const member = members[i % 3]!;
      await pause(Math.random() * 150);
      await member.kill();
      member.start();
      await progress(member);
    }
    await readAll(await end());
    expect(twice(members)).toEqual([]);
  }, 120_000);

  it('read every record once when they stop in order, and come and go', async () => {
    const end = await start(10_000);
    for (let i = 0; i < 3; i++) {
      const member = members[i]!;
      await pause(Math.random() * 150);
      await member.stop();
      await progress(...members.filter((other) => other !== member));
      member.start();
      await progress(member);
    }
    await readAll(await end());
    expect(twice(members)).toEqual([]);
  }, 120_000);

  it('lose nothing when one dies for good; what comes twice is of its last batch', async () => {
    const end = await start(session);
    await pause(Math.random() * 100);
    const dead = members[0]!;
    await dead.kill();
    const last = [...dead.batches.values()].at(-1)!;
    await progress(members[1]!, members[2]!);
    await readAll(await end());
    for (const row of twice(members)) expect(last).toContain(row);
  }, 120_000);

  it('read every record once when the dead come back late, and leave to others what these have taken', async () => {
    const end = await start(session, 500);
    const late = members[0]!;
    await progress(late);
    // The file of its batch is there, and it is not committed: others read those records, too.
    await late.kill();
    await eventually(() => twice(members).length > 0, 'nobody has taken over');
    late.start();
    await readAll(await end());
    await eventually(() => twice(members).length === 0, 'it did not make its batch once more without them');
  }, 120_000);

  it('lose nothing when one is frozen, taken for dead, and thaws; what comes twice is of its batch in hand', async () => {
    const end = await start(session, 100);
    const zombie = members[0]!;
    zombie.freeze();
    const before = zombie.batches;
    const known = new Set(members.flatMap(({ rows }) => rows));
    const others = (): string[] => [members[1]!, members[2]!].flatMap(({ rows }) => rows);
    const isTaken = (partition: number): boolean =>
      others().some((row) => row.startsWith(`${partition} `) && !known.has(row));
    await eventually(() => Array.from({ length: partitions }, (_, p) => p).every(isTaken), 'nobody has taken over');
    zombie.thaw();
    await progress(zombie);
    await readAll(await end());
    const inHand = [...zombie.batches.keys()].find((id) => !before.has(id));
    const suspect = [[...before.values()].at(-1) ?? [], zombie.batches.get(inHand!) ?? []].flat();
    for (const row of twice(members)) expect(suspect).toContain(row);
  }, 120_000);
});
