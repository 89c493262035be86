import { type Sink, defineSink, fanOut } from '../../../connectors/index.js';
import { startQuery } from '../../../lib/index.js';
import { counter } from '../../helpers/pipelines.js';
import { until } from '../../helpers/until.js';

/** A sink that is through with a batch when it is told that nobody waits any more. */
function patient(): { sink: Sink<{ n: number }>; told: string[] } {
  const told: string[] = [];
  const sink = defineSink<{ n: number }>({
    op: 'patient',
    supports: { exactlyOnce: false },
    open: ({ signal }) => ({
      write: () =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            told.push('given up');
            reject(new Error('given up'));
          }),
        ),
      close: () => void told.push(`closed, ${signal.aborted ? 'aborted' : 'in order'}`),
    }),
  });
  return { sink, told };
}

describe('a batch that is given up', () => {
  it.each([
    ['a sink', (sink: Sink<{ n: number }>) => sink],
    ['a sink behind fanOut', (sink: Sink<{ n: number }>) => fanOut(sink)],
  ])('is told to %s, which is closed then', async (_, place) => {
    const { sink, told } = patient();
    const query = startQuery({ from: counter({ total: 1 }), to: place(sink) });
    query.awaitTermination().catch(() => undefined);
    await until(() => query.status.isTriggerActive);
    await expect(query.stop({ timeout: 20 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await until(() => !query.isActive, 2000);
    expect(told).toEqual(['given up', 'closed, aborted']);
  });

  it('is not what a batch is that was written', async () => {
    const signals: AbortSignal[] = [];
    const sink = defineSink<{ n: number }>({
      op: 'quick',
      supports: { exactlyOnce: false },
      open: ({ signal }) => {
        signals.push(signal);
        return { write: () => Promise.resolve() };
      },
    });
    await startQuery({ from: counter({ total: 25 }), to: sink }).awaitTermination();
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  });
});
