import { columnFrom } from '../../lib/columns/index.js';
import type { Value } from '../../lib/expressions/values.js';
import { columnOf, readerOf } from '../../lib/expressions/vector.js';
import { type DataType, anyType } from '../../lib/schema/index.js';
import { copied } from '../../lib/state/copied.js';

/** How a state of the user's is kept: a store makes what it gives anew, and what it gets is made for it here. */
export interface StateForm {
  readonly type: DataType;
  /** Throws TYPE_MISMATCH. */
  readonly toKept: (state: unknown) => Value;
  readonly fromKept: (value: Value) => unknown;
}

/** As columns of this type, or as plain values. `name` is for messages. */
export function stateForm(type: DataType | undefined, name = 'state'): StateForm {
  if (type === undefined) return plain;
  return {
    type,
    toKept: (state) => readerOf(columnFrom(type, [state], name))(0),
    fromKept: (value) => columnOf(type, [value]).get(0),
  };
}

const plain: StateForm = { type: anyType(), toKept: (state) => copied(state) as Value, fromKept: (value) => value };
