/** CSV as a spreadsheet writes it (semicolons, decimal commas, line ends within quotes, another encoding), and as others want it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { startQuery } from 'sluice';
import { consoleSink, fileSink, fileSource } from 'sluice/connectors';
import { checkpoint, drop, trigger, where } from 'sluice/operators';
import { data, workspace } from './workspace.js';

const at = workspace('csv');

const invoices$ = fileSource({
  format: 'csv',
  path: data('invoices'),
  schema: 'number INT, customer STRING, amount DECIMAL(10,2), day DATE, note STRING, _corrupt_record STRING',
  header: true,
  sep: ';',
  escape: '"',
  multiLine: true,
  encoding: 'windows-1252',
  locale: 'de-DE',
  dateFormat: 'dd.MM.yyyy',
}).pipe(trigger({ availableNow: true }));

// What cannot be read is kept, beside what can.
await startQuery({ from: invoices$.pipe(where('_corrupt_record IS NOT NULL')), to: consoleSink() }).awaitTermination();

const good$ = invoices$.pipe(where('_corrupt_record IS NULL'), drop('_corrupt_record'), checkpoint(at('checkpoint')));
await startQuery({
  from: good$,
  to: fileSink({
    format: 'csv',
    path: at('out'),
    header: true,
    escape: '"',
    dateFormat: 'yyyy/MM/dd',
    nullValue: 'none',
  }),
}).awaitTermination();

for (const name of readdirSync(at('out')).filter((file) => file.endsWith('.csv'))) {
  console.log(readFileSync(join(at('out'), name), 'utf8'));
}
