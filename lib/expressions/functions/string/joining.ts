import { failed } from '../../errors.js';
import type { FunctionDef } from '../define.js';
import { arrayOf, int, oneOf, optional, rest, text, textOrBinary } from '../params.js';
import { STRING, allBinary, asText } from './types.js';

export const joinings: readonly FunctionDef[] = [
  {
    name: 'concat_ws',
    group: 'string',
    usage: 'sep[, str | array(str), …]',
    summary:
      'The texts, and the elements of the arrays of texts, with `sep` between them; nulls are left out. Null if `sep` is.',
    examples: [
      ["concat_ws(' ', 'Spark', 'SQL')", 'Spark SQL'],
      ["concat_ws('/', 'foo', NULL, array('bar', NULL))", 'foo/bar'],
    ],
    params: [text('sep'), optional(rest(oneOf(text, arrayOf(STRING))('str')))],
    returns: STRING,
    nulls: 'handle',
    total: true,
    evaluate:
      () =>
      (separator: string | null, ...parts: (string | readonly (string | null)[] | null)[]) => {
        if (separator === null) return null;
        const present: string[] = [];
        for (const part of parts) {
          if (typeof part === 'string') present.push(part);
          else if (part !== null) for (const element of part) if (element !== null) present.push(element);
        }
        return present.join(separator);
      },
  },
  {
    name: 'elt',
    group: 'string',
    usage: 'n, input1, …',
    summary: 'The `n`-th input, counted from 1. If there is none, an error, or without ANSI null.',
    examples: [["elt(1, 'scala', 'java')", 'scala']],
    params: [int('n'), rest(textOrBinary('input'))],
    returns: (types) => allBinary(types.slice(1)),
    nulls: 'handle',
    evaluate:
      ({ ansi, type }) =>
      (n: number | null, ...inputs: (string | Uint8Array | null)[]) => {
        if (n === null) return null;
        const input = n < 1 ? undefined : inputs[n - 1];
        if (input !== undefined) return input === null || type.kind === 'binary' ? input : asText(input);
        if (!ansi) return null;
        throw failed(
          'INVALID_ARRAY_INDEX',
          `elt: there is no input ${n}, there are ${inputs.length}. Inputs count from 1.`,
        );
      },
  },
];
