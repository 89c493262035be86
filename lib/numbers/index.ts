export * from './decimal.js';
export * from './decimal-arithmetic.js';
export * from './decimal-text.js';
export * from './float-text.js';
export * from './java.js';
export * from './parse-float.js';
export * from './parse-integer.js';
export * from './trim.js';
