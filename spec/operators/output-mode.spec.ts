import { marbles } from '../../lib/testing/index.js';
import { startQuery } from '../../lib/index.js';
import { memorySink } from '../../connectors/memory/index.js';
import { outputMode } from '../../operators/index.js';
import { counter } from '../helpers/pipelines.js';
import { requiredCases } from './required-cases.js';

describe('outputMode', () => {
  requiredCases({ operator: () => outputMode<number>('update'), rows: [[1, 2], [3]], out: [[1, 2], [3]] });

  it('is what the sink finds in the query', () => {
    marbles(({ scheduler }) => {
      const modes: string[] = [];
      counter({ total: 10 })
        .pipe(outputMode('update'))
        .subscribe((one) => modes.push(one.query.outputMode));
      counter({ total: 10 }).subscribe((one) => modes.push(one.query.outputMode));
      scheduler.flush();
      expect(modes).toEqual(['update', 'append']);
    });
  });

  it('is refused where the sink or the pipeline cannot do it, and where two differ', () => {
    const refused = (code: string) => expect.objectContaining({ code });
    const start = (from: ReturnType<typeof counter>, mode?: 'append') =>
      startQuery({ from, to: memorySink<{ n: number }>(), ...(mode === undefined ? {} : { outputMode: mode }) });
    expect(() => start(counter({ total: 1 }).pipe(outputMode('complete')))).toThrow(refused('UNSUPPORTED_OUTPUT_MODE'));
    expect(() => start(counter({ total: 1 }).pipe(outputMode('update')), 'append')).toThrow(
      refused('UNSUPPORTED_PIPELINE'),
    );
    expect(() => outputMode('replace' as never)).toThrow(refused('INVALID_OPTION'));
  });
});
