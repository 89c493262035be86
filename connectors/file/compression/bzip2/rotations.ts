/**
 * Where the rotations of a block begin, in the order of their bytes. They are sorted by their first byte, then by twice
 * as many bytes as before, again and again: what follows is known to be in order then. That takes much the same time
 * whatever the bytes are, where comparing them would take for ever on long repetitions.
 */
export function rotations(block: Uint8Array): Uint32Array {
  const size = block.length;
  let order = new Uint32Array(size);
  let other = new Uint32Array(size);
  let ranks = new Uint32Array(size);
  let newRanks = new Uint32Array(size);
  const starts = new Uint32Array(Math.max(size, 256) + 1);

  for (let i = 0; i < size; i++) starts[block[i]! + 1]!++;
  for (let byte = 0; byte < 256; byte++) starts[byte + 1]! += starts[byte]!;
  for (let i = 0; i < size; i++) ranks[i] = starts[block[i]!]!;
  for (let i = 0; i < size; i++) order[starts[block[i]!]!++] = i;

  // A rank is the place of the first rotation that is not told apart yet: it is also where those of that rank go.
  for (let known = 1; known < size; known *= 2) {
    for (let rank = 0; rank < size; rank++) starts[rank] = rank;
    for (let i = 0; i < size; i++) {
      const at = order[i]! < known ? order[i]! - known + size : order[i]! - known;
      other[starts[ranks[at]!]!++] = at;
    }
    [order, other] = [other, order];
    let different = 1;
    newRanks[order[0]!] = 0;
    for (let i = 1, rank = 0; i < size; i++) {
      const [a, b] = [order[i - 1]!, order[i]!];
      if (ranks[a] !== ranks[b] || ranks[(a + known) % size] !== ranks[(b + known) % size]) {
        rank = i;
        different++;
      }
      newRanks[b] = rank;
    }
    [ranks, newRanks] = [newRanks, ranks];
    if (different === size) break;
  }
  return order;
}
