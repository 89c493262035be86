import { type DataType, type StructType, field, string, structOf } from '../../schema/index.js';
import { commonType, settledType } from './infer.js';

export interface RowInferenceRules {
  /** What to do with documents that are no rows: take note of them in a column, leave them out, or refuse them. */
  readonly mode: 'PERMISSIVE' | 'DROPMALFORMED' | 'FAILFAST';
  readonly columnNameOfCorruptRecord: string;
  readonly dropFieldIfAllNull: boolean;
}

/** The schema of rows that are given as JSON documents: objects, or arrays of them. */
export class RowInference {
  private type: DataType = structOf([]);

  /** @param refuse throws the error of FAILFAST */
  constructor(
    private readonly rules: RowInferenceRules,
    private readonly refuse: () => never,
  ) {}

  /** Takes in the type of one document; undefined stands for one that is not JSON. */
  add(type: DataType | undefined): void {
    if (type === undefined) {
      if (this.rules.mode === 'FAILFAST') this.refuse();
      if (this.rules.mode === 'DROPMALFORMED') return;
    }
    this.type = this.merged(this.type, type ?? structOf([this.corruptField()]));
  }

  /** The schema of what was added. */
  schema(): StructType {
    const settled = settledType(this.type, this.rules.dropFieldIfAllNull);
    return settled?.kind === 'struct' ? settled : structOf([]);
  }

  private merged(a: DataType, b: DataType): DataType {
    if (a.kind === 'array') return this.merged(a.element, b);
    if (b.kind === 'array') return this.merged(a, b.element);
    const [row, other] = a.kind === 'struct' ? [a, b] : [b, a];
    if (row.kind !== 'struct' || other.kind === 'struct') return commonType(a, b);
    if (other.kind === 'void') return row;
    // Neither an object nor nothing: no row.
    if (this.rules.mode === 'FAILFAST') this.refuse();
    const known = row.fields.some((f) => f.name === this.rules.columnNameOfCorruptRecord);
    return known || this.rules.mode === 'DROPMALFORMED' ? row : commonType(row, structOf([this.corruptField()]));
  }

  private corruptField() {
    return field(this.rules.columnNameOfCorruptRecord, string());
  }
}
