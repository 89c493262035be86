export { CheckpointLog, type CheckpointLogOptions } from './checkpoint-log.js';
