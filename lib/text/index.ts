export { decodeBase64, encodeBase64, isStrictBase64 } from './base64.js';
export { hasBytesAt, indexOfBytes, lastIndexOfBytes } from './bytes.js';
export {
  characterLengths,
  charactersOf,
  countCharacters,
  isPlain,
  lengthOf,
  repaired,
  skipCharacters,
} from './characters.js';
export { type Charset, charsetOf, decodeCharset, encodeCharset } from './charsets.js';
export { type LikePattern, compileLike } from './like.js';
export { type Side, reversed, substringOf, substringOfBytes, trimmed } from './parts.js';
export { type FormatArgument, printf } from './printf.js';
export { JavaPattern, PatternError, after, javaPattern, splitBy, translateReplacement } from './regex/index.js';
export { type UrlParts, decodeUrl, encodeUrl, parseUrl } from './url.js';
export { byteLengthOf, characterLength, decodeText, encodeText, isValidText, settled, writeText } from './utf8.js';
export { capitalizeWords, levenshtein, sentences, soundex, translation } from './words.js';
