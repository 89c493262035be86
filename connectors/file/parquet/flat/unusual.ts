/** What is not decoded here, be it damaged or merely rare. parquet-wasm has the last word on it. */
export class Unusual extends Error {}

export function expect(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Unusual(what);
}
