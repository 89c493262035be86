import { VirtualTimeScheduler } from 'rxjs';
import { type MicroBatch, startQuery } from 'sluice';
import { foreachBatchSink, memorySource, rateSource } from 'sluice/connectors';

describe('foreachBatchSink', () => {
  it('gives every batch with its id, one at a time', async () => {
    const events: string[] = [];
    const source = memorySource<{ n: number }>();
    const query = startQuery({
      from: source,
      to: foreachBatchSink<{ n: number }>(async (batch, id) => {
        events.push(`batch ${id}: ${batch.rows.map((r) => r.n).join(' ')}`);
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`end of ${batch.id}`);
      }),
    });
    source.addData([{ n: 1 }, { n: 2 }]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    source.addData([{ n: 3 }]);
    await query.processAllAvailable();
    await query.stop();
    expect(events).toEqual(['batch 0: 1 2', 'end of 0', 'batch 1: 3', 'end of 1']);
  });

  it('gives empty batches, too', () => {
    const clock = new VirtualTimeScheduler(undefined, 2_000);
    const sizes: number[] = [];
    const to = foreachBatchSink((batch: MicroBatch<object>) => sizes.push(batch.numRows));
    // Integer division gives no rows until the ramp-up is over.
    startQuery({ from: rateSource({ rowsPerSecond: 1, rampUpTime: '5s' }), to, clock });
    clock.flush();
    expect(sizes).toEqual([0, 0]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('planted');
      },
    ],
    ['rejects', () => Promise.reject(new Error('planted'))],
  ])('fails the query when the function %s', async (_, fn) => {
    const source = memorySource();
    source.addData([{ n: 1 }]);
    await expect(startQuery({ from: source, to: foreachBatchSink(fn) }).awaitTermination()).rejects.toMatchObject({
      code: 'USER_FUNCTION_FAILED',
      message: 'foreachBatchSink: batch 0: planted',
      details: { batchId: 0 },
      cause: new Error('planted'),
    });
  });

  it('refuses at the call what is no function', () => {
    expect(() => foreachBatchSink({} as never)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
