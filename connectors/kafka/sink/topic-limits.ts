import { KafkaFault, kafkaCode } from '../client/fault.js';
import type { Cluster } from '../client/index.js';

/** A broker's default. */
const usual = 1_048_588;
const setting = 'max.message.bytes';

/** How many bytes a record batch of a topic may have: each is asked for once. */
export class TopicLimits {
  private readonly known = new Map<string, Promise<number>>();

  constructor(private readonly cluster: Cluster) {}

  of(topic: string): Promise<number> {
    let limit = this.known.get(topic);
    if (limit === undefined) {
      limit = this.ask(topic);
      this.known.set(topic, limit);
      limit.catch(() => this.known.delete(topic));
    }
    return limit;
  }

  private async ask(topic: string): Promise<number> {
    try {
      const config = await this.cluster.client.topicConfig(topic, [setting]);
      return Number(config[setting] ?? usual);
    } catch (error) {
      // Who may write to a topic need not be allowed to see its settings.
      if (error instanceof KafkaFault && error.code === kafkaCode.topicNotAuthorized) return usual;
      throw error;
    }
  }
}
