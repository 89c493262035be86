import { FixedColumn, Table, allValid } from '../../lib/columns/index.js';
import { exactNumbers } from '../../lib/expressions/kernels/numbers.js';
import { double, field, structOf } from '../../lib/schema/index.js';
import type { Slice } from './events.js';
import type { QueryName } from './queries.js';

/** The same by hand: over the same columns, in maps, surviving nothing. What it gives is how many rows come out. */
export type Loop = (slice: Slice, isLast: boolean) => number;

const second = 1_000_000;
const delay = 4 * second;

function column(table: Table, name: string): Float64Array {
  const { values } = table.column(name) as FixedColumn;
  // All of them are below 2^53.
  return exactNumbers(values) as Float64Array;
}

/** What the rows that come out are handed to. */
let sunk: unknown;

/** What is past by the watermark that the query has in the end; there is a batch for it. */
function closed<T>(windows: Map<number, T>, latest: number, ends: (start: number) => number): number {
  let out = 0;
  for (const [start, window] of windows) {
    if (ends(start) > latest - delay) continue;
    sunk = window;
    windows.delete(start);
    out++;
  }
  return out;
}

const lastOf = (values: Float64Array): number => values[values.length - 1]!;

export const loops: Record<QueryName, () => Loop> = {
  q0:
    () =>
    ({ bid }) => {
      sunk = bid.select(['auction', 'bidder', 'price', 'at', 'extra']);
      return bid.numRows;
    },
  q1:
    () =>
    ({ bid }) => {
      const price = column(bid, 'price');
      const euros = new Float64Array(price.length);
      for (let i = 0; i < euros.length; i++) euros[i] = 0.908 * price[i]!;
      const fields = ['auction', 'bidder', 'price', 'at', 'extra'].map((name) =>
        name === 'price' ? field(name, double()) : bid.schema.fields.find((f) => f.name === name)!,
      );
      const columns = fields.map(({ name }) =>
        name === 'price' ? new FixedColumn(double(), euros, allValid) : bid.column(name),
      );
      sunk = new Table(structOf(fields), columns, euros.length);
      return euros.length;
    },
  q2:
    () =>
    ({ bid }) => {
      const auction = column(bid, 'auction');
      const kept = new Int32Array(auction.length);
      let n = 0;
      for (let i = 0; i < auction.length; i++) if (auction[i]! % 123 === 0) kept[n++] = i;
      sunk = bid.select(['auction', 'price']).gather(kept.subarray(0, n));
      return n;
    },
  q3: () => {
    const persons = new Map<number, { name: unknown; city: unknown; state: unknown }>();
    const waiting = new Map<number, number[]>();
    return ({ person, auction }) => {
      const out: unknown[] = [];
      const [name, city, state] = ['name', 'city', 'state'].map((of) => person.column(of));
      const ids = column(person, 'id');
      for (let i = 0; i < ids.length; i++) {
        const lives = state!.get(i) as string;
        if (lives !== 'OR' && lives !== 'ID' && lives !== 'CA') continue;
        const found = { name: name!.get(i), city: city!.get(i), state: lives };
        persons.set(ids[i]!, found);
        for (const id of waiting.get(ids[i]!) ?? []) out.push({ ...found, id });
      }
      const [auctions, category, seller] = ['id', 'category', 'seller'].map((of) => column(auction, of));
      for (let i = 0; i < auction.numRows; i++) {
        if (category![i] !== 10) continue;
        const sells = seller![i]!;
        const known = waiting.get(sells);
        if (known === undefined) waiting.set(sells, [auctions![i]!]);
        else known.push(auctions![i]!);
        const found = persons.get(sells);
        if (found !== undefined) out.push({ ...found, id: auctions![i]! });
      }
      sunk = out;
      return out.length;
    };
  },
  q4: () => {
    const open = new Map<number, { category: number; opened: number; expires: number; final: number }>();
    return ({ auction, bid }, isLast) => {
      const [ids, category, opened, expires] = ['id', 'category', 'at', 'expires'].map((of) => column(auction, of));
      for (let i = 0; i < auction.numRows; i++) {
        open.set(ids![i]!, { category: category![i]!, opened: opened![i]!, expires: expires![i]!, final: -1 });
      }
      const [of, price, at] = ['auction', 'price', 'at'].map((name) => column(bid, name));
      for (let i = 0; i < bid.numRows; i++) {
        const found = open.get(of![i]!);
        if (found === undefined || at![i]! < found.opened || at![i]! > found.expires) continue;
        if (price![i]! > found.final) found.final = price![i]!;
      }
      if (!isLast) return 0;
      const sums = new Map<number, { n: number; sum: number }>();
      for (const one of open.values()) {
        const window = Math.floor(one.opened / (10 * second));
        if (one.final < 0 || (window + 1) * 10 * second > lastOf(opened!) - delay) continue;
        const key = window * 100 + one.category;
        const known = sums.get(key);
        if (known === undefined) sums.set(key, { n: 1, sum: one.final });
        else {
          known.n++;
          known.sum += one.final;
        }
      }
      sunk = sums;
      return sums.size;
    };
  },
  q5: () => {
    const windows = new Map<number, Map<number, number>>();
    return ({ bid }) => {
      const [auction, at] = ['auction', 'at'].map((name) => column(bid, name));
      for (let i = 0; i < bid.numRows; i++) {
        const time = at![i]!;
        const latest = time - (time % (2 * second));
        for (let start = latest; start > time - 10 * second; start -= 2 * second) {
          let window = windows.get(start);
          if (window === undefined) windows.set(start, (window = new Map<number, number>()));
          window.set(auction![i]!, (window.get(auction![i]!) ?? 0) + 1);
        }
      }
      return closed(windows, lastOf(at!), (start) => start + 10 * second);
    };
  },
  q7: () => {
    const windows = new Map<number, { price: number; auction: number; bidder: number }>();
    return ({ bid }) => {
      const [auction, bidder, price, at] = ['auction', 'bidder', 'price', 'at'].map((name) => column(bid, name));
      for (let i = 0; i < bid.numRows; i++) {
        const start = at![i]! - (at![i]! % (10 * second));
        const best = windows.get(start);
        if (best !== undefined && best.price >= price![i]!) continue;
        windows.set(start, { price: price![i]!, auction: auction![i]!, bidder: bidder![i]! });
      }
      return closed(windows, lastOf(at!), (start) => start + 10 * second);
    };
  },
  q8: () => {
    const people = new Map<number, { name: unknown; w: number }>();
    return ({ person, auction }) => {
      const out: unknown[] = [];
      const [ids, came] = ['id', 'at'].map((name) => column(person, name));
      const name = person.column('name');
      for (let i = 0; i < person.numRows; i++) {
        people.set(ids![i]!, { name: name.get(i), w: Math.floor(came![i]! / (10 * second)) });
      }
      const [seller, at] = ['seller', 'at'].map((of) => column(auction, of));
      for (let i = 0; i < auction.numRows; i++) {
        const found = people.get(seller![i]!);
        if (found?.w === Math.floor(at![i]! / (10 * second))) out.push({ id: seller![i]!, ...found });
      }
      sunk = out;
      return out.length;
    };
  },
  q11: () => {
    const open = new Map<number, { from: number; to: number; n: number }>();
    let over: { from: number; to: number; n: number }[] = [];
    return ({ bid }) => {
      const [bidder, at] = ['bidder', 'at'].map((name) => column(bid, name));
      for (let i = 0; i < bid.numRows; i++) {
        const time = at![i]!;
        const session = open.get(bidder![i]!);
        if (session !== undefined && time <= session.to) {
          session.to = time + second;
          session.n++;
          continue;
        }
        if (session !== undefined) over.push(session);
        open.set(bidder![i]!, { from: time, to: time + second, n: 1 });
      }
      const mark = lastOf(at!) - delay;
      const out = over.filter(({ to }) => to <= mark);
      over = over.filter(({ to }) => to > mark);
      for (const [key, session] of open) {
        if (session.to > mark) continue;
        out.push(session);
        open.delete(key);
      }
      sunk = out;
      return out.length;
    };
  },
  q12: () => {
    const counts = new Map<number, number>();
    return ({ bid }) => {
      const bidder = column(bid, 'bidder');
      const changed = new Set<number>();
      for (let i = 0; i < bidder.length; i++) {
        counts.set(bidder[i]!, (counts.get(bidder[i]!) ?? 0) + 1);
        changed.add(bidder[i]!);
      }
      sunk = changed;
      return changed.size;
    };
  },
  keys: () => {
    const windows = new Map<number, Map<number, { n: number; total: number }>>();
    return ({ bid }) => {
      const [bidder, price, at] = ['bidder', 'price', 'at'].map((name) => column(bid, name));
      for (let i = 0; i < bid.numRows; i++) {
        const start = at![i]! - (at![i]! % (10 * second));
        let window = windows.get(start);
        if (window === undefined) windows.set(start, (window = new Map<number, { n: number; total: number }>()));
        const known = window.get(bidder![i]!);
        if (known === undefined) window.set(bidder![i]!, { n: 1, total: price![i]! });
        else {
          known.n++;
          known.total += price![i]!;
        }
      }
      let out = 0;
      for (const [start, window] of windows) {
        if (start + 10 * second > lastOf(at!) - delay) continue;
        sunk = window;
        out += window.size;
        windows.delete(start);
      }
      return out;
    };
  },
};

/** So that no loop is left out as one whose result nobody sees. */
export const isSunk = (): boolean => sunk !== undefined;
