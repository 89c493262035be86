import { fanOut, kafkaSink } from 'sluice/connectors';
import { kafkaSinkDefinition } from '../../../../connectors/kafka/sink.js';
import { parseKafkaSinkOptions } from '../../../../connectors/kafka/sink-options.js';
import { parseDdl } from '../../../../lib/schema/index.js';
import { caughtFrom } from '../../../helpers/caught-from.js';

const bootstrapServers = 'localhost:9092';
const refusal = (options: object) => caughtFrom(() => kafkaSink({ bootstrapServers, ...options }));

describe('the options of kafkaSink', () => {
  it('have defaults', () => {
    expect(parseKafkaSinkOptions({ bootstrapServers, topic: 'orders' })).toMatchObject({
      acks: -1,
      batchSize: 512 * 1024,
      commitTopic: '__sluice_commits',
      compression: 'none',
      delivery: 'exactly-once',
      deliveryTimeout: 120_000,
      maxRequestSize: 4 << 20,
      name: 'orders',
      partitioner: undefined,
      transactionTimeout: 60_000,
      transactionalIdPrefix: 'sluice',
    });
    expect(parseKafkaSinkOptions({ bootstrapServers, deliveryTimeout: '30 seconds' })).toMatchObject({
      name: 'rows',
      transactionTimeout: 30_000,
    });
  });

  it.each([
    [{ transactionTimeout: '3 minutes' }, 'transactionTimeout'],
    [{ transactionTimeout: 0 }, 'transactionTimeout'],
    [{ deliveryTimeout: '0 s' }, 'deliveryTimeout'],
    [{ acks: 1 }, 'acks'],
    [{ acks: 0, delivery: 'at-least-once' }, 'acks'],
    [{ compression: 'brotli' }, 'compression'],
    [{ partitioner: 'random' }, 'partitioner'],
    [{ topic: '' }, 'topic'],
    [{ delivery: 'at-most-once' }, 'delivery'],
  ])('are refused: %o', (options, option) => {
    expect(refusal(options)).toMatchObject({ code: 'INVALID_OPTION', details: { option } });
  });

  it('have no linger, and say why', () => {
    for (const name of ['linger', 'lingerMs', 'linger.ms']) {
      const error = refusal({ [name]: 5 });
      expect(error).toMatchObject({ code: 'UNKNOWN_OPTION', details: { option: name } });
      expect(error.message).toContain('is sent at once');
    }
    expect(refusal({ topics: 'a' }).message).toContain("Did you mean 'topic'?");
  });

  it("are told apart from the client's, which Spark has among them", () => {
    const option = 'kafka.bootstrap.servers';
    expect(refusal({ [option]: 'a:1' })).toMatchObject({ code: 'UNKNOWN_OPTION', details: { option } });
    expect(refusal({ 'kafka.client.id': 'a' }).message).toContain("write kafka: { 'client.id': … }");
  });

  it('say what the sink can do', () => {
    const modes = ['append', 'update', 'complete'];
    const sink = kafkaSink({ bootstrapServers, topic: 'orders' });
    expect(sink).toMatchObject({ op: 'kafkaSink', detail: 'orders', exactlyOnce: true, outputModes: modes });
    const loose = kafkaSink({ bootstrapServers, delivery: 'at-least-once' });
    expect(loose).toMatchObject({ detail: 'by column at-least-once', exactlyOnce: false });
  });

  it('tell two sinks of one topic apart by their names', () => {
    const sink = (more: object) => kafkaSink({ bootstrapServers, topic: 'orders', ...more });
    expect(caughtFrom(() => fanOut(sink({}), sink({}))).message).toContain('two branches write to kafkaSink orders');
    expect(caughtFrom(() => fanOut(sink({ name: 'a' }), sink({ name: 'a' }))).code).toBe('INVALID_OPTION');
    expect(() => fanOut(sink({ name: 'a' }), sink({ name: 'b' }))).not.toThrow();
  });

  it('say which columns are needed, before the query starts', () => {
    const check = (options: object, ddl: string): void =>
      kafkaSinkDefinition({ bootstrapServers, ...options }).check!(parseDdl(ddl));
    expect(() => check({ topic: 'a' }, 'value STRING')).not.toThrow();
    expect(caughtFrom(() => check({}, 'value STRING')).code).toBe('MISSING_OPTION');
    expect(caughtFrom(() => check({ topic: 'a' }, 'text STRING')).code).toBe('UNKNOWN_COLUMN');
  });
});
