import { startQuery } from 'sluice';
import { noopSink, rateMicroBatchSource } from 'sluice/connectors';
import { trigger } from 'sluice/operators';

describe('noopSink', () => {
  it('takes everything, so that the query commits and counts it', async () => {
    const from = rateMicroBatchSource({ rowsPerBatch: 3 }).pipe(trigger({ once: true }));
    const query = startQuery({ from, to: noopSink() });
    await query.awaitTermination();
    expect(query.lastProgress).toMatchObject({
      batchId: 0,
      numInputRows: 3,
      sink: { description: 'noopSink', numOutputRows: 3 },
    });
  });

  it('takes all output modes', () => {
    expect(noopSink().outputModes).toEqual(['append', 'update', 'complete']);
  });
});
