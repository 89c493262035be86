import { failed } from '../../expressions/errors.js';

/** A text as it stands, or a letter and how often it is repeated. */
export type LegacyPiece = { readonly text: string } | { readonly letter: string; readonly count: number };

/**
 * The pieces of a pattern in the letters of Spark 2, those of Java's `SimpleDateFormat`.
 *
 * @throws ExpressionError INVALID_DATETIME_PATTERN.WITH_SUGGESTION
 */
export function compileLegacy(pattern: string): readonly LegacyPiece[] {
  const pieces: LegacyPiece[] = [];
  const scan = /'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'/gy;
  for (const [all, quoted, letter] of pattern.matchAll(scan)) {
    if (letter !== undefined) {
      const known = letter === 'X' ? all.length <= 3 : 'GyYMLwWDdFEuaHkKhmsSzZ'.includes(letter);
      if (!known) throw wrong(pattern, `'${all}' means nothing; put text in single quotes.`);
      pieces.push({ letter, count: all.length });
    } else if (quoted !== undefined) {
      pieces.push({ text: quoted === '' ? "'" : quoted.replaceAll("''", "'") });
    } else if (all === "'") throw wrong(pattern, 'A quote is not closed.');
    else pieces.push({ text: all });
  }
  return pieces;
}

const wrong = (pattern: string, why: string): Error =>
  failed('INVALID_DATETIME_PATTERN.WITH_SUGGESTION', `'${pattern}' is no datetime pattern of Spark 2. ${why}`);
