export { startQuery, type StartOptions } from './start-query.js';
export { type QueryFailure, type RestartOptions } from './restart.js';
export { StreamingQuery, type StreamingQueryStatus } from './streaming-query.js';
export { queries, type Queries, type QueryListener } from './queries.js';
export { gracefulShutdown } from './graceful-shutdown.js';
