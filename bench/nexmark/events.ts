import { type Column, FixedColumn, Table, allValid, columnFrom } from '../../lib/columns/index.js';
import { type Schema, parseDdl } from '../../lib/schema/index.js';

/** What happens at an auction house, as Nexmark has it: of 50 events one is a person, three are auctions, 46 are bids. */
export const ddl = {
  person: 'id LONG, name STRING, email STRING, city STRING, state STRING, at TIMESTAMP, extra STRING',
  auction:
    'id LONG, item STRING, description STRING, initialBid LONG, reserve LONG, at TIMESTAMP, expires TIMESTAMP, seller LONG, category LONG, extra STRING',
  bid: 'auction LONG, bidder LONG, price LONG, channel STRING, url STRING, at TIMESTAMP, extra STRING',
} as const;

export type Kind = keyof typeof ddl;
export const kinds: readonly Kind[] = ['person', 'auction', 'bid'];

/** Events that come together. */
export type Slice = Readonly<Record<Kind, Table>>;

/** Events a second, in event time. */
const rate = 10_000;
const begin = Date.UTC(2025, 0, 1);
const firstId = 1000;
const cities = ['Phoenix', 'Los Angeles', 'San Francisco', 'Boise', 'Portland', 'Bend', 'Redmond', 'Seattle', 'Kent'];
const states = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY'];
const first = ['Peter', 'Paul', 'Luke', 'John', 'Saul', 'Vicky', 'Kate', 'Julie', 'Sarah', 'Deiter', 'Walter'];
const last = ['Shultz', 'Abrams', 'Spencer', 'White', 'Bartels', 'Walton', 'Smith', 'Jones', 'Noris'];

/** The same events each time. */
class Events {
  private seed = 4711;
  private readonly rows: Record<Kind, unknown[][]>;

  constructor(private readonly schemas: Readonly<Record<Kind, Schema>>) {
    this.rows = {
      person: columnsFor(schemas.person),
      auction: columnsFor(schemas.auction),
      bid: columnsFor(schemas.bid),
    };
  }

  private random(below: number): number {
    this.seed = (Math.imul(this.seed, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((this.seed / 0x80000000) * below);
  }

  private text(length: number): string {
    let text = '';
    while (text.length < length) text += (this.random(0x40000000) + 0x40000000).toString(36);
    return text.slice(0, length);
  }

  add(i: number): void {
    const at = begin + (i * 1000) / rate;
    const group = Math.floor(i / 50);
    const place = i % 50;
    if (place === 0) this.person(firstId + group, at);
    else if (place < 4) this.auction(firstId + group * 3 + place - 1, group, at);
    else this.bid(group, at);
  }

  private person(id: number, at: number): void {
    const name = `${first[this.random(first.length)]!} ${last[this.random(last.length)]!}`;
    const email = `${this.text(7)}@${this.text(5)}.com`;
    const city = cities[this.random(cities.length)]!;
    push(this.rows.person, [id, name, email, city, states[this.random(states.length)]!, micros(at), this.text(60)]);
  }

  private auction(id: number, group: number, at: number): void {
    // About as long as a hundred auctions take to come.
    const expires = at + 1 + this.random(333);
    const initial = this.random(1000) + 1;
    const seller = this.random(4) > 0 ? hot(firstId + group, 100) : this.active(firstId + group);
    push(this.rows.auction, [
      ...[id, `item ${this.text(8)}`, this.text(50), initial, initial + this.random(1000)],
      ...[micros(at), micros(expires), seller, 10 + this.random(5), this.text(60)],
    ]);
  }

  private bid(group: number, at: number): void {
    const lastAuction = firstId + group * 3 + 2;
    const auction = this.random(2) > 0 ? hot(lastAuction, 100) : Math.max(firstId, lastAuction - this.random(100));
    const bidder = this.random(4) > 0 ? hot(firstId + group, 100) + 1 : this.active(firstId + group);
    const channel = `channel-${this.random(10_000)}`;
    const url = `https://www.nexmark.com/${this.text(6)}/item.htm?query=1`;
    push(this.rows.bid, [auction, bidder, this.random(10_000_000) + 100, channel, url, micros(at), this.text(20)]);
  }

  private active(lastPerson: number): number {
    return Math.max(firstId, lastPerson - this.random(1000));
  }

  /** What was added since the last time. */
  take(): Slice {
    const table = (kind: Kind): Table => {
      const schema = this.schemas[kind];
      const values = this.rows[kind].splice(0, Infinity);
      this.rows[kind] = columnsFor(schema);
      return new Table(
        schema,
        schema.fields.map((f, c) => columnOf(f.type.kind, f.type, values[c]!)),
        values[0]!.length,
      );
    };
    return { person: table('person'), auction: table('auction'), bid: table('bid') };
  }
}

const hot = (id: number, of: number): number => Math.max(firstId, Math.floor(id / of) * of);
const micros = (millis: number): number => Math.round(millis * 1000);
const columnsFor = (schema: Schema): unknown[][] => schema.fields.map(() => []);

function push(columns: unknown[][], values: readonly unknown[]): void {
  for (let c = 0; c < columns.length; c++) columns[c]!.push(values[c]);
}

function columnOf(kind: string, type: Parameters<typeof columnFrom>[0], values: readonly unknown[]): Column {
  if (kind === 'string') return columnFrom(type, values);
  return new FixedColumn(type, BigInt64Array.from(values as number[], BigInt), allValid);
}

/** So many events, in pieces of `perSlice`. */
export function* nexmarkSlices(count: number, perSlice: number): Generator<Slice> {
  const schemas = { person: parseDdl(ddl.person), auction: parseDdl(ddl.auction), bid: parseDdl(ddl.bid) };
  const events = new Events(schemas);
  for (let i = 0; i < count; i++) {
    events.add(i);
    if ((i + 1) % perSlice === 0 || i + 1 === count) yield events.take();
  }
}

/** Bids by so many bidders in turn: windows of many groups. */
export function* manyKeys(count: number, perSlice: number, keys: number): Generator<Slice> {
  for (const slice of nexmarkSlices(Math.ceil(count / 0.92), Math.ceil(perSlice / 0.92))) {
    const { bid } = slice;
    const bidders = BigInt64Array.from({ length: bid.numRows }, (_, i) => BigInt((i * 7919) % keys));
    yield { ...slice, bid: bid.with('bidder', new FixedColumn(bid.column('bidder').type, bidders, allValid)) };
  }
}
