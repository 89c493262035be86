import { kafkaSource } from '../../../../connectors/kafka/index.js';
import { type GroupOptions, groupSettings, groupSpec } from '../../../../connectors/kafka/group/options.js';
import { flag, nonEmptyText, parseOptions } from '../../../../lib/options/index.js';
import { startQuery } from '../../../../lib/query/index.js';
import { dropDuplicates } from '../../../../operators/index.js';
import { caughtFrom } from '../../../helpers/caught-from.js';

interface Given extends GroupOptions {
  readonly groupId?: string;
  readonly commitGroupOffsets?: boolean;
}

const spec = { ...groupSpec, groupId: nonEmptyText(), commitGroupOffsets: flag(true) };
const parse = (options: Given) => groupSettings('kafkaSource', parseOptions('kafkaSource', options, spec));

describe('options of a group', () => {
  it('leave no room for operators with state, which would stay behind when a partition is taken over', () => {
    const source = { bootstrapServers: 'localhost:9', subscribe: 'a', groupId: 'g' };
    const start = () =>
      startQuery({
        from: kafkaSource({ ...source, assignment: 'group' }).pipe(dropDuplicates(['key'])),
        to: { next: () => undefined, error: () => undefined, complete: () => undefined },
      });
    const error = caughtFrom(start);
    expect(error.code).toBe('UNSUPPORTED_PIPELINE');
    expect(error.message).toMatch(/dropDuplicates keeps state, and kafkaSource shares its partitions/);
  });

  it('are none where one process reads everything', () => {
    expect(parse({})).toBeUndefined();
    expect(parse({ assignment: 'all', groupId: 'g' })).toBeUndefined();
  });

  it('have the defaults of the Java client, but for the time in which members join', () => {
    expect(parse({ assignment: 'group', groupId: 'g' })).toEqual({
      group: 'g',
      instanceId: undefined,
      sessionTimeout: 45_000,
      heartbeatInterval: 3_000,
      rebalanceTimeout: 60_000,
    });
    expect(
      parse({ assignment: 'group', groupId: 'g', groupInstanceId: 'a', sessionTimeout: '10 seconds' }),
    ).toMatchObject({
      instanceId: 'a',
      sessionTimeout: 10_000,
    });
  });

  it.each<[Given, string, string]>([
    [{ assignment: 'group' }, 'MISSING_OPTION', 'groupId'],
    [{ groupInstanceId: 'a' }, 'INVALID_OPTION', 'groupInstanceId'],
    [{ sessionTimeout: '1 minute', groupId: 'g' }, 'INVALID_OPTION', 'sessionTimeout'],
    [{ assignment: 'group', groupId: 'g', heartbeatInterval: '45 seconds' }, 'INVALID_OPTION', 'heartbeatInterval'],
    [{ assignment: 'group', groupId: 'g', heartbeatInterval: 0 }, 'INVALID_OPTION', 'heartbeatInterval'],
    [{ assignment: 'group', groupId: 'g', commitGroupOffsets: false }, 'INVALID_OPTION', 'commitGroupOffsets'],
  ])('%j: %s of %s', (options, code, option) => {
    const error = caughtFrom(() => parse(options));
    expect(error).toMatchObject({ code, details: { option } });
    expect(error.message).toContain(`'${option}'`);
  });
});
