import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectOfSamples } from './helpers/samples.js';

const project = projectOfSamples();

/** What each sample has to say. */
const said: Record<string, string[]> = {
  'first-pipeline.ts': ['|  4| 410.0|', '| 10| 101.0|'],
  'csv.ts': [
    '1003;Weber;k.A.;0...',
    '1001,Müller AG,1250.00,2024/03/05,"Lieferung',
    '1002,Meier; Söhne,99.90,2024/03/06,none',
  ],
  'json.ts': ['|1  |2024-03-01 09:12:00|ada   |[admin, beta]|', '|3  |2024-03-01 10:01:12|grace |NULL         |'],
  'text.ts': ['|2024-03-01 09:13:10|ERROR|cannot connect to db-1: timeout after 5000 ms|'],
  'parquet.ts': ["pushed: at >= TIMESTAMP '2024-03-02 00:00:00Z'", '|  7|Tromsø|220.10|', 'rows not read: 5'],
  'binary-file.ts': ['|2024-03-02.csv|197   |771161f91bf63894'],
  'schema-evolution.ts': [
    "new column 'place' STRING",
    '|   20.5|     7|  Oslo|',
    '|7     |NULL   |{"place":"Oslo","celsius":"20.5","_file_path":',
  ],
  'dead-letters.ts': [
    'malformed: 3',
    '|2,Bergen,"75,20" |monday.csv:3 (bytes 29 to 45)|value |',
    '|  2|Bergen|  75.2|',
  ],
  'compaction.ts': ['rows in fewer than 50 files: true', 'merged: true, failed: 0'],
  // How many rows a batch has on a busy machine is open.
  'rate-to-console.ts': ['Batch: 0', 'only showing top 5 rows', 'batch 1: ', '0 rows'],
  'user-events.ts': ['where + select', '| user_2|   4.5|', 'batch 1: { events: { rows: ', '0, users: 7 } }'],
  'json-properties.ts': ['|1  |red  |12.50|3   |', '|1  |size    |L    |'],
  'data-quality.ts': ['amount_in_range: 4', '|6  |Oslo  |75.0  |opening_hours  |batch 0, row 5|'],
  'custom-source.ts': ['|   2|edsger|'],
  'custom-sink.ts': ["totals: { Oslo: 706.4, Bergen: 198.24, 'Tromsø': 630.1 }"],
  'foreach-batch-to-database.ts': ["'Tromsø' │ 630.1"],
  'sql-over-memory.ts': ['Oslo: 5 orders, 706.40 in all', "Did you mean 'orders'?"],
  'many-sources-many-sinks.ts': [
    ':- (amount > 200): memorySink big',
    '10 + 1 rows in, 11 out',
    "{ id: 900, amount: 1200, clerk: 'ada' }",
  ],
  'resilient-source.ts': [
    'primary -> backup {',
    'rows of fileSource[archive]',
    'backup -> primary',
    'batch 6: 2 rows of orderService[service]',
    'Every order once.',
  ],
  'late-flights.ts': ["origin: 'DFW'", '20000 reports: 19975 counted, 21 too late,', 'the rest in 4 hours'],
  'sessions.ts': ["user: 'ada'", 'clicks: 3', "last: '/docs'"],
  'ad-clicks.ts': ['{ ad: 3, seen: 2024-03-01T10:10:00.000Z, clicked: null }', 'rows that are kept: 2'],
  'deduplication.ts': ['batch 4: 2 in, 0 again, 1 too late, 3 kept', 'passed: a b c d'],
  'alerts.ts': ["{ user: 'eve', alert: '5 failed logins', at: 2024-03-01T09:04:00.000Z }", "alert: 'quiet again'"],
  'shopping-carts.ts': ['items that are left: 1', "{ user: 'bob', what: 'left behind', items: { ink: 1 } }"],
  'live-page.ts': ['The page is at http://127.0.0.1:', 'none hotter than 140 °F: true'],
  'resuming.ts': ['run 3: batches', 'Every row once.'],
  'testing-with-marbles.ts': ['passed'],
  'flights.ts': ['3,400,000 rows in', 'Every row is there once.'],
};

/** For samples that otherwise run until they are stopped. */
const given: Record<string, string[]> = { 'live-page.ts': ['--once'] };

describe('samples', () => {
  it('are all known here, and those with Kafka in a spec of their own', () => {
    const helpers = ['workspace.ts', 'kafka-broker.ts'];
    const files = readdirSync(join(__dirname, '../samples')).filter((name) => name.endsWith('.ts'));
    const known = files.filter((name) => !helpers.includes(name) && !name.startsWith('kafka-'));
    expect(known.sort()).toEqual(Object.keys(said).sort());
  });

  it.concurrent.each(Object.keys(said))(
    '%s runs',
    async (sample) => expect(await project.run(sample, { args: given[sample] ?? [], texts: said[sample]! })).toBe(''),
    120_000,
  );

  it('flights.ts says that all is done when it is started again', async () => {
    const texts = ['Going on where the last run stopped', 'Every row is there once.'];
    expect(await project.run('flights.ts', { texts })).toBe('');
  }, 120_000);
});
