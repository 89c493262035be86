/** Readers take codes of 20 bits; bzip2 itself writes none of more than 17. */
export const maxCodeBits = 17;

/** How long the code of each symbol is, for symbols that come so often. Symbols that never come have a code, too. */
export function codeLengths(counts: Uint32Array): Uint8Array {
  let weights = Float64Array.from(counts, (count) => Math.max(count, 1));
  for (;;) {
    const lengths = huffman(weights);
    if (lengths.every((length) => length <= maxCodeBits)) return lengths;
    // With weights that are more alike the longest codes are shorter.
    weights = weights.map((weight) => Math.ceil(weight / 2) + 1);
  }
}

/** The two lightest trees become one, until one is left. */
function huffman(weights: Float64Array): Uint8Array {
  const size = weights.length;
  const leaves = Array.from(weights.keys()).sort((a, b) => weights[a]! - weights[b]!);
  const sums = new Float64Array(2 * size - 1);
  sums.set(weights);
  const parents = new Int32Array(2 * size - 1);
  // Trees are made in the order of their weight: the lightest is the first of the leaves or the first of the trees.
  let leaf = 0;
  let tree = size;
  const lightest = (next: number): number =>
    tree >= next || (leaf < size && sums[leaves[leaf]!]! <= sums[tree]!) ? leaves[leaf++]! : tree++;
  for (let next = size; next < 2 * size - 1; next++) {
    for (let i = 0; i < 2; i++) {
      const child = lightest(next);
      sums[next]! += sums[child]!;
      parents[child] = next;
    }
  }
  const depths = new Uint8Array(2 * size - 1);
  for (let node = 2 * size - 3; node >= 0; node--) depths[node] = depths[parents[node]!]! + 1;
  return depths.subarray(0, size);
}

/** The codes: those of a length are numbers in a row, in the order of the symbols. */
export function codesOf(lengths: Uint8Array): Uint32Array {
  const codes = new Uint32Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= maxCodeBits; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] === length) codes[symbol] = code++;
    code <<= 1;
  }
  return codes;
}
