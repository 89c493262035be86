import { type SchedulerLike, asyncScheduler } from 'rxjs';
import { memorySink, memorySource } from '../../../connectors/index.js';
import { startQuery } from '../../../lib/index.js';
import { rateLimit, trigger, withWatermark } from '../../../operators/index.js';

/** The clock of the machine, put forward or back by hand. */
function shifted(): SchedulerLike & { by: number } {
  const clock = {
    by: 0,
    now: () => Date.now() + clock.by,
    schedule: asyncScheduler.schedule.bind(asyncScheduler),
  };
  return clock;
}

const hour = 3_600_000;

describe.each([
  ['back', -hour],
  ['forward', hour],
])('a clock that is put %s while a query runs', (_, by) => {
  it('neither stops the query nor moves its watermark', async () => {
    const input = memorySource<{ at: Date }>({ schema: 'at TIMESTAMP' });
    const clock = shifted();
    const query = startQuery({
      from: input.pipe(
        rateLimit({ rowsPerSecond: 1000 }),
        withWatermark('at', 0, { idleAfter: '1 minute' }),
        trigger({ processingTime: '20 milliseconds' }),
      ),
      to: memorySink(),
      clock,
    });
    input.addData([{ at: new Date(5000) }]);
    await query.processAllAvailable();
    clock.by = by;
    const began = performance.now();
    for (const second of [6, 7]) {
      input.addData([{ at: new Date(second * 1000) }]);
      await query.processAllAvailable();
    }
    expect(performance.now() - began).toBeLessThan(5000);
    expect(query.lastProgress!.eventTime['watermark']).toBe('1970-01-01T00:00:06.000Z');
    expect(query.lastProgress!.batchDuration).toBeGreaterThanOrEqual(0);
    await query.stop();
  });
});
