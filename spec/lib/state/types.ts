import { type DataType, parseType, voidType } from '../../../lib/schema/index.js';

/** Types of every kind, nested ones too. */
export const allTypes: readonly DataType[] = [
  ...[
    'BOOLEAN',
    'TINYINT',
    'SMALLINT',
    'INT',
    'BIGINT',
    'FLOAT',
    'DOUBLE',
    'DECIMAL(9,2)',
    'DECIMAL(18,0)',
    'DECIMAL(38,10)',
    'DATE',
    'TIMESTAMP',
    'TIMESTAMP_NTZ',
    'STRING',
    'BINARY',
    'INTERVAL DAY TO SECOND',
    'INTERVAL YEAR TO MONTH',
    'ARRAY<STRING>',
    'ARRAY<ARRAY<DOUBLE>>',
    'STRUCT<start: TIMESTAMP, end: TIMESTAMP>',
    'STRUCT<a: INT, b: ARRAY<STRUCT<c: STRING, d: FLOAT>>>',
    'MAP<STRING, BIGINT>',
    'MAP<INT, ARRAY<DECIMAL(20,2)>>',
  ].map(parseType),
  voidType(),
];
