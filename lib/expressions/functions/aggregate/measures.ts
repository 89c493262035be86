import { type DataType, double } from '../../../schema/index.js';
import { isAnsiInterval, isNumeric } from '../../coerce.js';
import type { Param } from '../define.js';

const times = new Set<DataType['kind']>(['date', 'timestamp', 'timestamp_ntz']);

const asDouble = ({ kind }: DataType): DataType | undefined =>
  kind === 'string' || kind === 'void' ? double() : undefined;

/** A number or an interval, as it is; a string becomes a double. */
export const measure = (name: string): Param => ({
  name,
  coerce: (type) => (isNumeric(type) || isAnsiInterval(type) ? type : asDouble(type)),
});

/** As `measure`, and dates and times. */
export const measureOrTime = (name: string): Param => ({
  name,
  coerce: (type, context) => (times.has(type.kind) ? type : measure(name).coerce(type, context)),
});
