import {
  type ConnectionOptions,
  type KafkaClient,
  connectionSpec,
  openClient,
} from '../../../../connectors/kafka/client/index.js';
import { parseOptions } from '../../../../lib/options/index.js';

/** The settings of a source or sink with these options. */
export const settingsOf = (options: ConnectionOptions) => parseOptions('kafka', options, connectionSpec);

export const clientOf = (bootstrapServers: readonly string[], kafka: ConnectionOptions['kafka'] = {}): KafkaClient =>
  openClient(settingsOf({ bootstrapServers, kafka }));
