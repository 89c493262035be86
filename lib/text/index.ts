export { byteLengthOf, characterLength, decodeText, encodeText, isValidText, settled, writeText } from './utf8.js';
export { JavaPattern, PatternError, javaPattern, javaText, splitBy, translateReplacement } from './regex/index.js';
