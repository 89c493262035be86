import type { DayTimeUnit, YearMonthUnit } from '../../schema/index.js';

/** Microseconds of each unit. */
export const dayTimeUnits: Readonly<Record<DayTimeUnit, bigint>> = {
  day: 86_400_000_000n,
  hour: 3_600_000_000n,
  minute: 60_000_000n,
  second: 1_000_000n,
};

/** Months of each unit. */
export const monthUnits: Readonly<Record<YearMonthUnit, number>> = { year: 12, month: 1 };
