import type { Cluster } from '../client/cluster.js';
import type { IsolationLevel, OffsetQuery, TopicPartition } from '../client/contract.js';
import { KafkaFault, kafkaCode } from '../client/fault.js';
import { publicError } from '../client/public-error.js';
import { keyOf } from '../client/partition.js';

/** Asks the leaders of partitions for offsets. */
export class OffsetLookup {
  constructor(
    private readonly cluster: Cluster,
    private readonly isolation: IsolationLevel,
    /** How long brokers may be away, in milliseconds. */
    private readonly patience: number,
    private readonly signal: AbortSignal,
    private readonly onRetry?: () => void,
    /** For how long a topic may be unknown, as brokers do not all know of a new one at once. */
    private readonly unknownMillis = 3000,
  ) {}

  /** An offset for each query, no two of which are of one partition; -1 where no record is as late as was asked for. */
  async ask(queries: readonly OffsetQuery[], isolation: IsolationLevel = this.isolation): Promise<number[]> {
    const found = new Map<string, number>();
    if (queries.length === 0) return [];
    const attempt = async (): Promise<void> => {
      let fault: KafkaFault | undefined;
      const byLeader = await this.cluster.byLeader(queries.filter((query) => !found.has(keyOf(query))));
      const asking = [...byLeader].map(async ([node, some]) => {
        const answers = await this.cluster.client.offsets(node, isolation, some);
        const byKey = new Map(answers.map((answer) => [keyOf(answer), answer]));
        for (const query of some) {
          const { error, offset } = byKey.get(keyOf(query)) ?? unanswered;
          if (error === kafkaCode.none) found.set(keyOf(query), offset);
          else fault = KafkaFault.answered(nameOf(query), error);
        }
      });
      await Promise.all(asking);
      if (fault !== undefined) throw fault;
    };
    const { patience, signal, onRetry } = this;
    let unknownSince: number | undefined;
    await this.cluster.persist(doing, { deadline: Date.now() + patience, signal, onRetry }, async () => {
      try {
        await attempt();
      } catch (error) {
        if (!(error instanceof KafkaFault) || error.code !== kafkaCode.unknownTopicOrPartition) throw error;
        unknownSince ??= Date.now();
        throw Date.now() - unknownSince >= this.unknownMillis ? publicError(doing, error)! : error;
      }
    });
    return queries.map((query) => found.get(keyOf(query))!);
  }

  /** The first offset of a partition that is there, and the one behind the last. */
  async range(of: TopicPartition): Promise<readonly [earliest: number, latest: number]> {
    // A broker takes one question about a partition at a time.
    const ask = async (at: 'earliest' | 'latest'): Promise<number> =>
      (await this.ask([{ ...of, at }], 'read_uncommitted'))[0]!;
    return Promise.all([ask('earliest'), ask('latest')]);
  }
}

const doing = 'asking for offsets';
const nameOf = ({ topic, partition }: TopicPartition): string => `topic '${topic}', partition ${partition}`;

const unanswered = { error: kafkaCode.unknownServerError, offset: -1 };
