import type { Flow } from '../../lib/flow.js';
import {
  aggregate,
  join,
  outputMode,
  select,
  selectExpr,
  where,
  window,
  withColumn,
  withWatermark,
} from '../../operators/index.js';
import type { Kind } from './events.js';

type Sources = Readonly<Record<Kind, Flow>>;

/** By how much events may be late: they never are, but nobody knows. */
const delay = '4 seconds';
const bids = ({ bid }: Sources): Flow => bid.pipe(withWatermark<Record<string, unknown>>('at', delay));

/**
 * Queries of Nexmark. Those that Nexmark states over all of time are over windows where the result would have to be
 * taken back.
 */
export const queries = {
  /** All bids, as they are. */
  q0: ({ bid }: Sources) => bid.pipe(select('auction', 'bidder', 'price', 'at', 'extra')),
  /** Prices in another currency. */
  q1: ({ bid }: Sources) => bid.pipe(selectExpr('auction', 'bidder', '0.908D * price AS price', 'at', 'extra')),
  /** Bids on some auctions. */
  q2: ({ bid }: Sources) => bid.pipe(where('auction % 123 = 0'), select('auction', 'price')),
  /** Who sells in some states: persons joined with their auctions of one category. */
  q3: ({ auction, person }: Sources) =>
    auction.pipe(
      where('category = 10'),
      select('id', 'seller'),
      join(person.pipe(where("state IN ('OR', 'ID', 'CA')"), selectExpr('id AS person', 'name', 'city', 'state')), {
        on: 'a.seller = b.person',
      }),
      select('name', 'city', 'state', 'id'),
    ),
  /** The average closing price of a category, by the time when the auctions began. */
  q4: ({ auction, bid }: Sources) =>
    auction.pipe(
      selectExpr('id', 'category', 'at AS opened', 'expires'),
      withWatermark('opened', delay),
      join(bid.pipe(select('auction', 'price', 'at'), withWatermark('at', delay)), {
        on: 'a.id = b.auction AND b.at >= a.opened AND b.at <= a.expires AND b.at <= a.opened + INTERVAL 1 SECOND',
      }),
      select('id', 'category', 'opened', 'price'),
      aggregate({
        by: { id: 'id', category: 'category', w: window('opened', '10 seconds') },
        values: { final: 'max(price)' },
      }),
      aggregate({ by: { category: 'category', w: 'w' }, values: { average: 'avg(final)' } }),
    ),
  /** Of each ten seconds, every two seconds, the auction with the most bids. */
  q5: (sources: Sources) =>
    bids(sources).pipe(
      aggregate({ by: { auction: 'auction', w: window('at', '10 seconds', '2 seconds') }, values: { n: 'count(*)' } }),
      aggregate({ by: { w: 'w' }, values: { auction: 'max_by(auction, n)', n: 'max(n)' } }),
    ),
  /** The highest bid of each ten seconds. */
  q7: (sources: Sources) =>
    bids(sources).pipe(
      aggregate({
        by: { w: window('at', '10 seconds') },
        values: { price: 'max(price)', auction: 'max_by(auction, price)', bidder: 'max_by(bidder, price)' },
      }),
    ),
  /** Who came and began to sell in the same ten seconds. */
  q8: ({ auction, person }: Sources) =>
    person.pipe(
      select('id', 'name', 'at'),
      withWatermark('at', delay),
      withColumn('w', window('at', '10 seconds')),
      select('id', 'name', 'w'),
      join(
        auction.pipe(
          select('seller', 'at'),
          withWatermark('at', delay),
          withColumn('v', window('at', '10 seconds')),
          select('seller', 'v'),
        ),
        { on: 'a.id = b.seller AND a.w = b.v' },
      ),
      select('id', 'name', 'w'),
    ),
  /** How many bids of a person follow each other within a second. */
  q11: (sources: Sources) =>
    bids(sources).pipe(
      aggregate({ by: { bidder: 'bidder', w: "session_window(at, '1 second')" }, values: { n: 'count(*)' } }),
    ),
  /** How many bids of a person came in ten seconds of processing time. */
  q12: ({ bid }: Sources) =>
    bid.pipe(
      selectExpr('bidder', 'current_timestamp() AS came'),
      aggregate({ by: { bidder: 'bidder', w: window('came', '10 seconds') }, values: { n: 'count(*)' } }),
      outputMode('update'),
    ),
  /** Windows of many groups: not of Nexmark. */
  keys: (sources: Sources) =>
    bids(sources).pipe(
      aggregate({
        by: { bidder: 'bidder', w: window('at', '10 seconds') },
        values: { n: 'count(*)', total: 'sum(price)' },
      }),
    ),
} satisfies Record<string, (sources: Sources) => Flow<never> | Flow>;

export type QueryName = keyof typeof queries;

/** What each query reads, for whoever reads it by hand. */
export const reads: Readonly<Record<QueryName, Partial<Record<Kind, readonly string[]>>>> = {
  q0: { bid: ['auction', 'bidder', 'price', 'at', 'extra'] },
  q1: { bid: ['auction', 'bidder', 'price', 'at', 'extra'] },
  q2: { bid: ['auction', 'price'] },
  q3: { person: ['id', 'name', 'city', 'state'], auction: ['id', 'category', 'seller'] },
  q4: { auction: ['id', 'category', 'at', 'expires'], bid: ['auction', 'price', 'at'] },
  q5: { bid: ['auction', 'at'] },
  q7: { bid: ['auction', 'bidder', 'price', 'at'] },
  q8: { person: ['id', 'name', 'at'], auction: ['seller', 'at'] },
  q11: { bid: ['bidder', 'at'] },
  q12: { bid: ['bidder'] },
  keys: { bid: ['bidder', 'price', 'at'] },
};
