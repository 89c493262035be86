import { count, window } from '../lib/expressions/index.js';
import { type Given, type Step, addData, testStream } from '../lib/testing/index.js';
import { aggregate, selectExpr, withWatermark } from '../operators/index.js';

interface Event {
  readonly at: Date;
}
const at = (minute: number): Event => ({ at: new Date(Date.UTC(2025, 0, 1, 12, minute)) });

/** The table of docs/event-time.md: windows of ten minutes, a delay of ten minutes. */
const steps: readonly Step[] = [
  addData([at(2), at(8)]),
  addData([at(15)]),
  addData([at(6)]),
  addData([at(21)]),
  addData([at(7)]),
];
const batches = {
  append: [[], [], [], [], ['12:00 -> 3'], []],
  update: [['12:00 -> 2'], ['12:10 -> 1'], ['12:00 -> 3'], ['12:20 -> 1'], [], []],
  complete: [['12:00 -> 4', '12:10 -> 1', '12:20 -> 1']],
};

describe('the output modes, as they are drawn', () => {
  it.each(['append', 'update', 'complete'] as const)('%s', (outputMode) =>
    testStream(
      ({ input }: Given<Event>) =>
        input.pipe(
          withWatermark('at', '10 minutes'),
          aggregate({ by: { w: window('at', '10 minutes') }, values: { n: count() } }),
          selectExpr("concat(date_format(w.start, 'HH:mm'), ' -> ', n) AS row"),
        ),
      [
        ...steps,
        {
          text: 'the batches that gave something, or had rows',
          run: async (script) => {
            await script.settle();
            const given = script.seen.map(({ rows }) => rows.map((row) => (row as { row: string }).row).sort());
            const some = (rows: readonly unknown[]): boolean => rows.length > 0;
            expect(given.filter(some)).toEqual(batches[outputMode].filter(some));
          },
        },
      ],
      { schema: 'at TIMESTAMP', outputMode },
    ),
  );
});
