export { fromIterable, type PullSource } from './source.js';
export { type FromIterableOptions } from './options.js';
