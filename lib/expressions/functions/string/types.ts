import type { DataType } from '../../../schema/index.js';
import { decodeText, encodeText } from '../../../text/index.js';

export const STRING: DataType = { kind: 'string' };
export const BINARY: DataType = { kind: 'binary' };
export const BOOLEAN: DataType = { kind: 'boolean' };
export const INT: DataType = { kind: 'int' };
export const STRINGS: DataType = { kind: 'array', element: STRING, containsNull: false };

/** The type of the first argument, a text or a binary. */
export const asFirst = ([first]: readonly DataType[]): DataType => (first!.kind === 'binary' ? BINARY : STRING);

/** Binary where all arguments are, else a text. */
export const allBinary = (types: readonly DataType[]): DataType =>
  types.every(({ kind }) => kind === 'binary') ? BINARY : STRING;

/** Where one argument is a text and another a binary. */
export const asText = (value: string | Uint8Array): string => (typeof value === 'string' ? value : decodeText(value));
export const asBytes = (value: string | Uint8Array): Uint8Array =>
  typeof value === 'string' ? encodeText(value) : value;
