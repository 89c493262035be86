import { type Column, ListColumn, MapColumn, StructColumn } from '../../columns/index.js';
import type { ArrayType, MapType, StructType } from '../../schema/index.js';
import { BaseWriter, type ColumnWriter, INITIAL_CAPACITY, enlarged } from './writers.js';

/** Arrays and maps: the items of a value go to the writers of its children, and `end` closes it. */
abstract class NestedWriter extends BaseWriter {
  protected offsets = new Int32Array(INITIAL_CAPACITY + 1);

  /** How many items the children have. */
  protected abstract items(): number;
  protected abstract truncateItems(length: number): void;

  end(): void {
    if (this.length === this.capacity) this.grow();
    this.offsets[this.length + 1] = this.items();
    this.length++;
  }

  protected override blank(at: number): void {
    this.truncateItems(this.offsets[at]!);
    this.offsets[at + 1] = this.offsets[at]!;
  }

  override truncate(length: number): void {
    super.truncate(length);
    this.truncateItems(this.offsets[length]!);
  }

  protected resize(capacity: number): void {
    this.offsets = enlarged(this.offsets, new Int32Array(capacity + 1));
  }
}

export class ListWriter extends NestedWriter {
  constructor(
    readonly type: ArrayType,
    readonly element: ColumnWriter,
  ) {
    super();
  }

  protected items(): number {
    return this.element.length;
  }

  protected truncateItems(length: number): void {
    this.element.truncate(length);
  }

  finish(): Column {
    const offsets = this.offsets.slice(0, this.length + 1);
    return new ListColumn(this.type, offsets, this.element.finish(), this.takeValidity());
  }
}

export class MapWriter extends NestedWriter {
  constructor(
    readonly type: MapType,
    readonly keys: ColumnWriter,
    readonly values: ColumnWriter,
  ) {
    super();
  }

  protected items(): number {
    return this.keys.length;
  }

  protected truncateItems(length: number): void {
    this.keys.truncate(length);
    this.values.truncate(length);
  }

  finish(): Column {
    const offsets = this.offsets.slice(0, this.length + 1);
    return new MapColumn(this.type, offsets, this.keys.finish(), this.values.finish(), this.takeValidity());
  }
}

/** Structs: `end` closes a value whose fields were written; fields that were not are missing. */
export class StructWriter extends BaseWriter {
  constructor(
    readonly type: StructType,
    readonly children: readonly ColumnWriter[],
  ) {
    super();
  }

  end(): void {
    if (this.length === this.capacity) this.grow();
    for (const child of this.children) if (child.length === this.length) child.appendNull();
    this.length++;
  }

  protected override blank(at: number): void {
    for (const child of this.children) {
      child.truncate(at);
      child.appendNull();
    }
  }

  override truncate(length: number): void {
    super.truncate(length);
    for (const child of this.children) child.truncate(length);
  }

  protected resize(): void {}

  finish(): Column {
    const { length } = this;
    const children = this.children.map((c) => c.finish());
    return new StructColumn(this.type, length, children, this.takeValidity());
  }
}
