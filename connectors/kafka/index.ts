export type { IsolationLevel } from './client/contract.js';
export type { ConnectionOptions as KafkaConnectionOptions, KafkaOptions } from './client/options.js';
export type { OAuthToken, SaslMechanism, SaslOptions } from './client/settings.js';
export type { GroupOptions as KafkaGroupOptions } from './group/options.js';
export { kafkaSink } from './sink.js';
export type { KafkaSinkOptions } from './sink-options.js';
export type { Partitioner } from './sink/placement.js';
export { type KafkaRow, type KafkaRowWithHeaders, kafkaSource } from './source.js';
export type { ByPartition, KafkaSourceOptions } from './source-options.js';
