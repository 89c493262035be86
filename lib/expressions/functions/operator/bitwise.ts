import type { DataType } from '../../../schema/index.js';
import type { FunctionDef } from '../define.js';
import { common, integral } from '../params.js';

const params = [common(integral('a')), common(integral('b'))];

function bitwise(
  name: string,
  summary: string,
  examples: FunctionDef['examples'],
  narrow: (a: number, b: number) => number,
  wide: (a: bigint, b: bigint) => bigint,
): FunctionDef {
  return {
    name,
    group: 'operator',
    usage: `a ${name} b`,
    summary,
    examples,
    params,
    returns: ([type]): DataType => type!,
    nullable: false,
    total: true,
    evaluate: ({ type }) => (type.kind === 'long' ? wide : narrow),
  };
}

export const bitwises: readonly FunctionDef[] = [
  bitwise(
    '&',
    'The bits that are set in both.',
    [['3 & 5', '1']],
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  bitwise(
    '|',
    'The bits that are set in one of the two.',
    [['3 | 5', '7']],
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  bitwise(
    '^',
    'The bits that are set in just one of the two.',
    [['3 ^ 5', '6']],
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
  {
    name: '~',
    group: 'operator',
    usage: '~ a',
    summary: 'All bits turned over.',
    examples: [['~ 0', '-1']],
    params: [integral('a')],
    returns: ([type]) => type!,
    nullable: false,
    total: true,
    evaluate: ({ type }) => (type.kind === 'long' ? (a: bigint) => ~a : (a: number) => ~a),
  },
];
