// Made from the definitions of the functions: `npm run builders:update`.
export * from './conditional.js';
export * from './string.js';
export * from './url.js';
export * from './numeric.js';
export * from './datetime.js';
export * from './array.js';
export * from './map.js';
export * from './struct.js';
export * from './generator.js';
export * from './json.js';
export * from './csv.js';
export * from './hash.js';
export * from './misc.js';
export * from './aggregate.js';
