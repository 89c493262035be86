import { MONTHS_PER_YEAR } from '../../datetime/index.js';
import type { YearMonthUnit } from '../../schema/index.js';

/** Months of each unit; `microsPer` has the microseconds of the other units. */
export const monthsPer: Readonly<Record<YearMonthUnit, number>> = { year: MONTHS_PER_YEAR, month: 1 };
