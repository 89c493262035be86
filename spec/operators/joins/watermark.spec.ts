import { Scope, defaultSettings, parseExpression, resolve } from '../../../lib/expressions/index.js';
import { parseDdl } from '../../../lib/schema/index.js';
import { stateWatermark, timeBounds } from '../../../operators/joins/watermark.js';

const scope = Scope.of(parseDdl('l TIMESTAMP, r TIMESTAMP, other TIMESTAMP, n INT'));

/** Up to when rows by the time `l` can be given up where the watermark of `r` is 10 s; undefined: never. */
function watermarkOf(conditions: readonly string[], timeZone = 'UTC'): number | undefined {
  const terms = conditions.map((text) => resolve(parseExpression(text), scope, { ...defaultSettings, timeZone }));
  const bounds = timeBounds(terms, 0, 1, timeZone);
  return bounds.length === 0 ? undefined : stateWatermark(bounds, 10_000);
}

describe('the watermark of what a join keeps', () => {
  // As Spark finds it: where the bound itself may match, it is a millisecond less.
  it.each<[string, number | undefined]>([
    ['l > r', 10_000],
    ['l >= r', 9999],
    ['r < l', 10_000],
    ['r <= l', 9999],
    ['l < r', undefined],
    ['l <= r + INTERVAL 1 HOUR', undefined],
    ['l > r + INTERVAL 1 SECOND', 11_000],
    ['l >= r - INTERVAL 3 SECONDS', 6999],
    ['r <= l + INTERVAL 3 SECONDS', 6999],
    ['l + INTERVAL 20 SECONDS > r - INTERVAL 5 SECONDS', -15_000],
    ["l - r > INTERVAL '2' SECOND", 12_000],
    ['r - l < INTERVAL 2 SECONDS', 8000],
    ['-(r - l) > INTERVAL 2 SECONDS', 12_000],
    ['l > r + make_interval(0, 0, 0, 0, 0, 0, 1.5)', 11_500],
    ["l > r + INTERVAL '1.2345' SECOND", 11_234],
    ['l > r + INTERVAL 1 MONTH', undefined],
    ["l > TIMESTAMP '1970-01-01 00:00:05Z'", 5000],
    ['CAST(l AS DOUBLE) > CAST(r AS DOUBLE) - 2.5', 7500],
    // Whole seconds are cut off, so that a second more has to be kept.
    ['CAST(l AS LONG) > CAST(r AS LONG) - 2', 6000],
    ['l > other', undefined],
    ['l > r + (other - l)', undefined],
    ['l = r', undefined],
    ['n > 3', undefined],
    ['hour(l) > hour(r)', undefined],
    ['NOT l <= r', undefined],
  ])('%s', (condition, expected) => {
    expect(watermarkOf([condition])).toBe(expected);
  });

  it('is the least that any term says', () => {
    expect(watermarkOf(['l > r + INTERVAL 1 SECOND', 'l > r', 'l < r + INTERVAL 1 HOUR'])).toBe(10_000);
  });

  it('keeps rows for longer where days are not of one length', () => {
    expect(watermarkOf(['l > r - INTERVAL 1 DAY'], 'Europe/Zurich')).toBe(10_000 - 26 * 3_600_000);
    expect(watermarkOf(['l > r - INTERVAL 1 HOUR'], 'Europe/Zurich')).toBe(10_000 - 3_600_000);
  });
});
