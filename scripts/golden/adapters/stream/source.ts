import type { Flow } from 'sluice';
import { defineSource } from 'sluice/connectors';
import { type Condition, mayHold } from '../../../../lib/expressions/conditions.js';
import { type StructType, parseDdl, simpleString } from '../../../../lib/schema/index.js';
import { decode } from '../../values.js';
import { tableOf } from '../writers.js';
import type { Rows } from './case.js';

/**
 * A directory, as a source sees it: files that hold rows, some of them read a trigger, each once. As Spark's JSON source
 * does, it leaves out rows of which it knows that a filter below will drop them.
 */
export class Files {
  private readonly schema: StructType;
  private readonly files: Rows[] = [];
  private readonly perTrigger: number;

  constructor(
    private readonly name: string,
    ddl: string,
    options: Readonly<Record<string, string>>,
  ) {
    this.schema = parseDdl(ddl);
    this.perTrigger = Number(options['maxFilesPerTrigger'] ?? 1);
  }

  add(rows: Rows): void {
    this.files.push(rows);
  }

  get flow(): Flow {
    const { name, schema, files, perTrigger } = this;
    const columns = schema.fields.map((field) => [field.name, simpleString(field.type)] as const);
    return defineSource<Record<string, unknown>, number>({
      op: 'files',
      name,
      schema: schema as StructType<Record<string, unknown>>,
      supports: { replay: true, conditions: true },
      open: ({ conditions }) => {
        let known = Infinity;
        return {
          initial: () => 0,
          latest: (start, { all }) => Math.min(files.length, known, all ? Infinity : start + perTrigger),
          read: (start, end) => {
            const rows = files.slice(start, end).flat();
            return tableOf({ schema: columns, rows: rows.filter((row) => this.matters(row, conditions)) });
          },
          freeze: () => void (known = files.length),
        };
      },
    });
  }

  private matters(row: readonly unknown[], conditions: readonly Condition[]): boolean {
    const { fields } = this.schema;
    return conditions.every((condition) => {
      const at = fields.findIndex(({ name }) => name === condition.column);
      const value = decode(fields[at]!.type, row[at]);
      return mayHold(condition, { numRows: 1, nullCount: value === null ? 1 : 0, min: value, max: value });
    });
  }
}
