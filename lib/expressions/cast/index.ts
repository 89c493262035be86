export { canCast, checkCast, mayGiveNull, neverFails } from './can-cast.js';
export { castFunction } from './cast.js';
export type { CastFunction, CastOptions } from './options.js';
export { vectorCast } from './vector-cast.js';
