import type { DataType } from '../schema/types.js';
import { BaseColumn, type Validity, allValid } from './base-column.js';
import type { Column } from './column.js';
import { setOwn } from './set-own.js';

/** The positions in a child that the lists at `selection` cover, and the new offsets. */
function gatherRanges(offsets: Int32Array, selection: Int32Array): { offsets: Int32Array; positions: Int32Array } {
  const out = new Int32Array(selection.length + 1);
  for (let i = 0; i < selection.length; i++)
    out[i + 1] = out[i]! + offsets[selection[i]! + 1]! - offsets[selection[i]!]!;
  const positions = new Int32Array(out[selection.length]!);
  let at = 0;
  for (const k of selection) for (let p = offsets[k]!; p < offsets[k + 1]!; p++) positions[at++] = p;
  return { offsets: out, positions };
}

/** Arrays: value i is rows `offsets[i]` to `offsets[i + 1]` of `child`. */
export class ListColumn extends BaseColumn {
  constructor(
    type: DataType,
    readonly offsets: Int32Array,
    readonly child: Column,
    valid: Validity = allValid,
  ) {
    super(type, offsets.length - 1, valid);
  }

  protected value(i: number): unknown[] {
    const out: unknown[] = [];
    for (let p = this.offsets[i]!; p < this.offsets[i + 1]!; p++) out.push(this.child.get(p));
    return out;
  }

  slice(from: number, to: number): ListColumn {
    return new ListColumn(this.type, this.offsets.subarray(from, to + 1), this.child, this.slicedValidity(from, to));
  }

  gather(selection: Int32Array): ListColumn {
    const { offsets, positions } = gatherRanges(this.offsets, selection);
    return new ListColumn(this.type, offsets, this.child.gather(positions), this.gatheredValidity(selection));
  }

  protected bufferBytes(): number {
    return this.offsets.byteLength + this.child.byteLength;
  }
}

export class MapColumn extends BaseColumn {
  constructor(
    type: DataType,
    readonly offsets: Int32Array,
    readonly keys: Column,
    readonly values: Column,
    valid: Validity = allValid,
  ) {
    super(type, offsets.length - 1, valid);
  }

  protected value(i: number): Map<unknown, unknown> {
    const out = new Map<unknown, unknown>();
    for (let p = this.offsets[i]!; p < this.offsets[i + 1]!; p++) out.set(this.keys.get(p), this.values.get(p));
    return out;
  }

  slice(from: number, to: number): MapColumn {
    const offsets = this.offsets.subarray(from, to + 1);
    return new MapColumn(this.type, offsets, this.keys, this.values, this.slicedValidity(from, to));
  }

  gather(selection: Int32Array): MapColumn {
    const { offsets, positions } = gatherRanges(this.offsets, selection);
    const valid = this.gatheredValidity(selection);
    return new MapColumn(this.type, offsets, this.keys.gather(positions), this.values.gather(positions), valid);
  }

  protected bufferBytes(): number {
    return this.offsets.byteLength + this.keys.byteLength + this.values.byteLength;
  }
}

export class StructColumn extends BaseColumn {
  private readonly names: readonly string[];

  constructor(
    type: DataType,
    length: number,
    readonly children: readonly Column[],
    valid: Validity = allValid,
  ) {
    super(type, length, valid);
    this.names = type.kind === 'struct' ? type.fields.map((f) => f.name) : [];
  }

  protected value(i: number): Record<string, unknown> {
    const out: Record<string, unknown> = {};
    for (let c = 0; c < this.children.length; c++) setOwn(out, this.names[c]!, this.children[c]!.get(i));
    return out;
  }

  slice(from: number, to: number): StructColumn {
    const children = this.children.map((c) => c.slice(from, to));
    return new StructColumn(this.type, to - from, children, this.slicedValidity(from, to));
  }

  gather(selection: Int32Array): StructColumn {
    const children = this.children.map((c) => c.gather(selection));
    return new StructColumn(this.type, selection.length, children, this.gatheredValidity(selection));
  }

  protected bufferBytes(): number {
    return this.children.reduce((sum, c) => sum + c.byteLength, 0);
  }
}
