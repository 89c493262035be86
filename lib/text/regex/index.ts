export { JavaPattern, javaPattern } from './pattern.js';
export { after, splitBy, translateReplacement } from './replace.js';
export { PatternError } from './nodes.js';
