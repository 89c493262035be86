import { BrokersClient } from './client.js';
import type { KafkaClient } from './contract.js';
import type { ConnectionSettings } from './settings.js';

export { Cluster, type Persistence } from './cluster.js';
export * from './contract.js';
export { KafkaFault, type FaultKind, codeName, kafkaCode, kindOf } from './fault.js';
export { type ConnectionOptions, type KafkaOptions, connectionDetail, connectionSpec } from './options.js';
export type { ConnectionSettings } from './settings.js';

/** A client that connects when it is first asked something. */
export function openClient(settings: ConnectionSettings): KafkaClient {
  return new BrokersClient(settings);
}
