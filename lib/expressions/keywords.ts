/** Words that name no column unless they stand in back quotes. */
export const reserved: ReadonlySet<string> = new Set(
  'and or not in is like ilike rlike regexp between case when then else end as from div within filter escape'.split(
    ' ',
  ),
);

/** Functions that are called without brackets. */
export const keywordCalls: ReadonlyMap<string, string> = new Map(
  ['current_date', 'current_timestamp', 'current_user', 'localtimestamp', 'session_user', 'user'].map((n) => [n, n]),
);
