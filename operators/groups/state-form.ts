import { columnFrom } from '../../lib/columns/index.js';
import type { Value } from '../../lib/expressions/values.js';
import { columnOf, readerOf } from '../../lib/expressions/vector.js';
import { type DataType, type StructType, anyType } from '../../lib/schema/index.js';
import { copied } from '../../lib/state/copied.js';

/** How a state of the user's is kept: a store makes what it gives anew, and what it gets is made for it here. */
export interface StateForm {
  readonly type: DataType;
  /** Throws TYPE_MISMATCH. */
  readonly toKept: (state: unknown) => Value;
  readonly fromKept: (value: Value) => unknown;
}

/** As columns of these types, or as plain values. */
export function stateForm(type: StructType | undefined): StateForm {
  if (type === undefined) return plain;
  return {
    type,
    toKept: (state) => readerOf(columnFrom(type, [state], 'state'))(0),
    fromKept: (value) => columnOf(type, [value]).get(0),
  };
}

const plain: StateForm = { type: anyType(), toKept: (state) => copied(state) as Value, fromKept: (value) => value };
