/**
 * A `Date` that keeps its microseconds. Rows hold one wherever a timestamp has any; a plain `Date` is used where
 * the microseconds are zero. `getTime()` gives milliseconds, as for any `Date`.
 */
export class Timestamp extends Date {
  /** The microseconds past the millisecond, 0 to 999. */
  readonly micros: number;

  /** @param epochMicros microseconds since 1970-01-01T00:00:00Z */
  constructor(epochMicros: bigint) {
    const millis = floorDiv(epochMicros, 1000n);
    super(Number(millis));
    this.micros = Number(epochMicros - millis * 1000n);
  }

  override toISOString(): string {
    return this.micros === 0
      ? super.toISOString()
      : `${super.toISOString().slice(0, -1)}${String(this.micros).padStart(3, '0')}Z`;
  }

  override toJSON(): string {
    return this.toISOString();
  }
}

/** Microseconds since the epoch of a `Date` or `Timestamp`. */
export function epochMicros(date: Date): bigint {
  return BigInt(date.getTime()) * 1000n + BigInt(date instanceof Timestamp ? date.micros : 0);
}

/** The quotient rounded towards minus infinity. */
export function floorDiv(a: bigint, b: bigint): bigint {
  const q = a / b;
  return a % b < 0n ? q - 1n : q;
}

/** Months, days and microseconds, which no calendar turns into each other. */
export interface CalendarInterval {
  readonly months: number;
  readonly days: number;
  readonly micros: bigint;
}

/** An exact decimal number: `unscaled` / 10^`scale`. Immutable; keeps its digits, also trailing zeros. */
export class Decimal {
  constructor(
    readonly unscaled: bigint,
    readonly scale: number,
  ) {}

  /** Reads `-12.50` (an exponent is allowed); undefined if `text` is not a number. */
  static parse(text: string): Decimal | undefined {
    const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?\s*$/.exec(text);
    if (match === null) return undefined;
    const [, sign, whole = '', fraction = '', exponent = '0'] = match;
    if (whole === '' && fraction === '') return undefined;
    const unscaled = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
    const scale = fraction.length - Number(exponent);
    return scale < 0 ? new Decimal(unscaled * 10n ** BigInt(-scale), 0) : new Decimal(unscaled, scale);
  }

  /** The same number at another scale, rounded half up (away from zero), as Spark does. */
  rescale(scale: number): Decimal {
    if (scale === this.scale) return this;
    if (scale > this.scale) return new Decimal(this.unscaled * 10n ** BigInt(scale - this.scale), scale);
    const divisor = 10n ** BigInt(this.scale - scale);
    const half = divisor / 2n;
    const rounded = (this.unscaled < 0n ? this.unscaled - half : this.unscaled + half) / divisor;
    return new Decimal(rounded, scale);
  }

  /** How many digits the number has, at least one. */
  get precision(): number {
    return Math.max((this.unscaled < 0n ? -this.unscaled : this.unscaled).toString().length, this.scale);
  }

  toNumber(): number {
    return Number(this.toString());
  }

  toString(): string {
    const digits = (this.unscaled < 0n ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, '0');
    const sign = this.unscaled < 0n ? '-' : '';
    return this.scale === 0 ? sign + digits : `${sign}${digits.slice(0, -this.scale)}.${digits.slice(-this.scale)}`;
  }

  toJSON(): string {
    return this.toString();
  }
}
