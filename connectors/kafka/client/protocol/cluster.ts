import type { TopicInfo } from '../contract.js';
import type { Api, Spoken } from './api.js';

export const apiVersions: Api<undefined, { readonly error: number; readonly spoken: Spoken }> = {
  name: 'ApiVersions',
  key: 18,
  versions: [0, 0],
  write: () => undefined,
  read: (from) => ({
    error: from.int16(),
    spoken: new Map(from.array(() => [from.int16(), [from.int16(), from.int16()] as const])),
  }),
};

export interface Metadata {
  readonly brokers: readonly { readonly node: number; readonly host: string; readonly port: number }[];
  /** -1 while there is none. */
  readonly controller: number;
  readonly topics: readonly TopicInfo[];
}

/** Topics have ids from version 10 on. */
export const metadata: Api<{ readonly topics: readonly string[] | undefined }, Metadata> = {
  name: 'Metadata',
  key: 3,
  versions: [9, 12],
  flexible: 9,
  write(to, { topics }, version) {
    if (topics === undefined) to.nullArray();
    else {
      to.array(topics, (name) => {
        if (version >= 10) to.noUuid();
        to.nullableString(name).tags();
      });
    }
    to.bool(false);
    if (version <= 10) to.bool(false);
    to.bool(false).tags();
  },
  read(from, version) {
    from.int32();
    const brokers = from.array(() => {
      const broker = { node: from.int32(), host: from.string(), port: from.int32() };
      from.nullableString();
      from.tags();
      return broker;
    });
    from.nullableString();
    const controller = from.int32();
    const topics = from.array(() => {
      const error = from.int16();
      const name = from.string();
      const id = version >= 10 ? from.uuid() : '';
      const isInternal = from.bool();
      const partitions = from.array(() => {
        from.int16();
        const info = { partition: from.int32(), leader: from.int32() };
        from.int32();
        for (let list = 0; list < 3; list++) from.array(() => from.int32());
        from.tags();
        return info;
      });
      from.int32();
      from.tags();
      partitions.sort((a, b) => a.partition - b.partition);
      return { name, id, isInternal, error, partitions };
    });
    return { brokers, controller, topics };
  },
};

export const findCoordinator: Api<
  { readonly kind: 'group' | 'transaction'; readonly key: string },
  { readonly error: number; readonly node: number; readonly host: string; readonly port: number }
> = {
  name: 'FindCoordinator',
  key: 10,
  versions: [2, 2],
  write: (to, { kind, key }) => void to.string(key).int8(kind === 'group' ? 0 : 1),
  read(from) {
    from.int32();
    const error = from.int16();
    from.nullableString();
    return { error, node: from.int32(), host: from.string(), port: from.int32() };
  },
};

export const createTopics: Api<
  {
    readonly name: string;
    readonly partitions: number;
    readonly config: Readonly<Record<string, string>>;
    readonly timeout: number;
  },
  { readonly error: number; readonly message: string | null }
> = {
  name: 'CreateTopics',
  key: 19,
  versions: [4, 4],
  write(to, { name, partitions, config, timeout }) {
    to.int32(1).string(name).int32(partitions).int16(-1).int32(0);
    to.array(Object.entries(config), ([key, value]) => to.string(key).nullableString(value));
    to.int32(timeout).bool(false);
  },
  read(from) {
    from.int32();
    const topics = from.array(() => {
      from.string();
      return { error: from.int16(), message: from.nullableString() };
    });
    return topics[0] ?? { error: -1, message: null };
  },
};

const topicResource = 2;

export const describeConfigs: Api<
  { readonly topic: string; readonly names: readonly string[] },
  { readonly error: number; readonly config: Readonly<Record<string, string>> }
> = {
  name: 'DescribeConfigs',
  key: 32,
  versions: [1, 2],
  write(to, { topic, names }) {
    to.int32(1).int8(topicResource).string(topic);
    to.array(names, (name) => to.string(name)).bool(false);
  },
  read(from) {
    from.int32();
    const resources = from.array(() => {
      const error = from.int16();
      from.nullableString();
      from.int8();
      from.string();
      const entries = from.array((): [string, string] => {
        const name = from.string();
        const value = from.string();
        from.bool();
        from.int8();
        from.bool();
        from.array(() => [from.string(), from.nullableString(), from.int8()]);
        return [name, value];
      });
      return { error, config: Object.fromEntries(entries) };
    });
    return resources[0] ?? { error: -1, config: {} };
  },
};

export const saslHandshake: Api<
  { readonly mechanism: string },
  { readonly error: number; readonly mechanisms: readonly string[] }
> = {
  name: 'SaslHandshake',
  key: 17,
  versions: [1, 1],
  write: (to, { mechanism }) => void to.string(mechanism),
  read: (from) => ({ error: from.int16(), mechanisms: from.array(() => from.string()) }),
};

export const saslAuthenticate: Api<
  { readonly bytes: Buffer },
  { readonly error: number; readonly message: string | null; readonly bytes: Buffer; readonly lifetime: number }
> = {
  name: 'SaslAuthenticate',
  key: 36,
  versions: [1, 1],
  write: (to, { bytes }) => void to.bytes(bytes),
  read: (from) => ({
    error: from.int16(),
    message: from.nullableString(),
    bytes: from.bytes(),
    lifetime: from.int64(),
  }),
};
