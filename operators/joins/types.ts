import { custom } from '../../lib/options/index.js';

/** The kinds of joins, as they are told apart inside. */
export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti';

/** What a kind of join may be called: Spark's names, in any case. */
const kinds = {
  inner: 'inner',
  cross: 'inner',
  left: 'left',
  leftOuter: 'left',
  left_outer: 'left',
  right: 'right',
  rightOuter: 'right',
  right_outer: 'right',
  full: 'full',
  outer: 'full',
  fullOuter: 'full',
  full_outer: 'full',
  semi: 'semi',
  leftSemi: 'semi',
  left_semi: 'semi',
  anti: 'anti',
  leftAnti: 'anti',
  left_anti: 'anti',
} as const satisfies Record<string, JoinKind>;

type Kinds = typeof kinds;
export type JoinType = keyof Kinds;

const byLowerName = new Map(Object.entries(kinds).map(([name, kind]) => [name.toLowerCase(), kind]));

export const joinType = custom(
  (v): v is JoinType => typeof v === 'string' && byLowerName.has(v.toLowerCase()),
  `one of ${Object.keys(kinds)
    .map((name) => `'${name}'`)
    .join(', ')}`,
);

export const kindOf = (type: JoinType): JoinKind => byLowerName.get(type.toLowerCase())!;

/** Whether rows of a side come out that match none of the other. */
export const isOuter = (kind: JoinKind, side: 'left' | 'right'): boolean =>
  kind === 'full' || kind === side || (kind === 'anti' && side === 'left');

/** Whether only columns of the left side come out. */
export const isLeftOnly = (kind: JoinKind): boolean => kind === 'semi' || kind === 'anti';

/** Columns of a side, those that both have under the name of the side and a dot. */
type Named<Row, Other, Using, Side extends string> = {
  [K in Exclude<keyof Row & string, Using> as K extends keyof Other ? `${Side}.${K}` : K]: Row[K];
};

type Nullable<Row> = { [K in keyof Row]: Row[K] | null };

type Flat<T> = { [K in keyof T]: T[K] };

/** The rows of a join: by the columns of both sides, what they are called, and the kind of join. */
export type JoinedRow<Left, Right, Using, As extends readonly [string, string], Type extends JoinType> = {
  inner: Flat<Keys<Left, Using> & Named<Left, Right, Using, As[0]> & Named<Right, Left, Using, As[1]>>;
  left: Flat<Keys<Left, Using> & Named<Left, Right, Using, As[0]> & Nullable<Named<Right, Left, Using, As[1]>>>;
  right: Flat<Keys<Right, Using> & Nullable<Named<Left, Right, Using, As[0]>> & Named<Right, Left, Using, As[1]>>;
  full: Flat<
    Keys<Left, Using> & Nullable<Named<Left, Right, Using, As[0]>> & Nullable<Named<Right, Left, Using, As[1]>>
  >;
  semi: Left;
  anti: Left;
}[Kinds[Type]];

type Keys<Row, Using> = Pick<Row, Using & keyof Row>;
