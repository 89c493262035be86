export { kafkaSink } from './sink.js';
export type { KafkaSinkOptions } from './sink-options.js';
export type { Partitioner } from './sink/placement.js';
export { type KafkaRow, type KafkaRowWithHeaders, kafkaSource } from './source.js';
export type { KafkaSourceOptions } from './source-options.js';
