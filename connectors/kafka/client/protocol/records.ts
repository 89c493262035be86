import type {
  FetchRequest,
  Fetched,
  IsolationLevel,
  OffsetAnswer,
  OffsetQuery,
  ProduceAnswer,
  ProduceRequest,
} from '../contract.js';
import type { Api } from './api.js';
import { byTopic } from './wire.js';

const isolationOf = (level: IsolationLevel): number => (level === 'read_committed' ? 1 : 0);
const timeOf = (at: OffsetQuery['at']): number => (at === 'latest' ? -1 : at === 'earliest' ? -2 : at);

export const listOffsets: Api<
  { readonly isolation: IsolationLevel; readonly asked: readonly OffsetQuery[] },
  OffsetAnswer[]
> = {
  name: 'ListOffsets',
  key: 2,
  versions: [5, 5],
  write(to, { isolation, asked }) {
    to.int32(-1).int8(isolationOf(isolation));
    to.array(byTopic(asked), ([topic, queries]) => {
      to.string(topic).array(queries, ({ partition, at }) => to.int32(partition).int32(-1).int64(timeOf(at)));
    });
  },
  read(from) {
    from.int32();
    const topics = from.array(() => {
      const topic = from.string();
      return from.array(() => {
        const partition = from.int32();
        const error = from.int16();
        from.int64();
        const offset = from.int64();
        from.int32();
        return { topic, partition, error, offset };
      });
    });
    return topics.flat();
  },
};

export const fetch: Api<FetchRequest, { readonly error: number; readonly partitions: Fetched[] }> = {
  name: 'Fetch',
  key: 1,
  versions: [11, 11],
  write(to, { isolation, maxWait, minBytes, maxBytes, partitions }) {
    to.int32(-1).int32(maxWait).int32(minBytes).int32(maxBytes).int8(isolationOf(isolation));
    // No session: each request names all that it wants.
    to.int32(0).int32(-1);
    to.array(byTopic(partitions), ([topic, wanted]) => {
      to.string(topic).array(wanted, ({ partition, offset, maxBytes: most }) => {
        to.int32(partition).int32(-1).int64(offset).int64(-1).int32(most);
      });
    });
    to.int32(0).string('');
  },
  read(from) {
    from.int32();
    const error = from.int16();
    from.int32();
    const topics = from.array(() => {
      const topic = from.string();
      return from.array((): Fetched => {
        const partition = from.int32();
        const code = from.int16();
        const highWatermark = from.int64();
        const lastStableOffset = from.int64();
        const logStart = from.int64();
        const aborted = from.array(() => ({ producerId: from.bigint64(), firstOffset: from.int64() }));
        from.int32();
        const bytes = from.bytes();
        return { topic, partition, error: code, highWatermark, lastStableOffset, logStart, aborted, bytes };
      });
    });
    return { error, partitions: topics.flat() };
  },
};

export const produce: Api<ProduceRequest, ProduceAnswer[]> = {
  name: 'Produce',
  key: 0,
  versions: [7, 7],
  write(to, { transactionalId, acks, timeout, partitions }) {
    to.nullableString(transactionalId).int16(acks).int32(timeout);
    to.array(byTopic(partitions), ([topic, batches]) => {
      to.string(topic).array(batches, ({ partition, batch }) => to.int32(partition).bytes(batch));
    });
  },
  read(from) {
    const topics = from.array(() => {
      const topic = from.string();
      return from.array(() => {
        const answer = { topic, partition: from.int32(), error: from.int16(), offset: from.int64() };
        from.int64();
        from.int64();
        return answer;
      });
    });
    return topics.flat();
  },
};
