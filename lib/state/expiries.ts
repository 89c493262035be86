/** Which keys are due when. A key may be listed at times that hold no more, or twice: whoever asks knows which counts. */
export class Expiries {
  /** Most times have one key, or very many. */
  private readonly keys = new Map<number, string | string[]>();
  /** A binary heap of the times, the earliest first. */
  private readonly heap: number[] = [];

  add(expiry: number, key: string): void {
    const at = this.keys.get(expiry);
    if (at === undefined) {
      this.keys.set(expiry, key);
      this.push(expiry);
    } else if (typeof at === 'string') {
      this.keys.set(expiry, [at, key]);
    } else {
      at.push(key);
    }
  }

  /** Takes out what is due, the earliest first; what is listed again on the way is not given again. */
  *upTo(until: number): Generator<readonly [key: string, expiry: number]> {
    const due: number[] = [];
    while (this.heap.length > 0 && this.heap[0]! <= until) due.push(this.pop());
    for (const expiry of due) {
      const at = this.keys.get(expiry)!;
      this.keys.delete(expiry);
      if (typeof at === 'string') yield [at, expiry];
      else for (const key of at) yield [key, expiry];
    }
  }

  /** The earliest time of a key for which it holds. */
  first(holds: (key: string, expiry: number) => boolean): number | undefined {
    while (this.heap.length > 0) {
      const expiry = this.heap[0]!;
      const at = this.keys.get(expiry)!;
      const keys = typeof at === 'string' ? [at] : at;
      for (; keys.length > 0; keys.pop()) if (holds(keys.at(-1)!, expiry)) return expiry;
      this.keys.delete(expiry);
      this.pop();
    }
    return undefined;
  }

  clear(): void {
    this.keys.clear();
    this.heap.length = 0;
  }

  private push(value: number): void {
    const { heap } = this;
    let at = heap.push(value) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (heap[up]! <= value) break;
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = value;
  }

  private pop(): number {
    const { heap } = this;
    const first = heap[0]!;
    const last = heap.pop()!;
    const n = heap.length;
    if (n === 0) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= n) break;
      if (down + 1 < n && heap[down + 1]! < heap[down]!) down++;
      if (heap[down]! >= last) break;
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = last;
    return first;
  }
}
