export { CheckpointLog, type CheckpointLogOptions } from './checkpoint-log.js';
export { type CheckpointState, type ReadStateOptions, type StateStoreView, readState } from './read-state.js';
