/** Words that name no column unless they stand in back quotes. */
export const reserved: ReadonlySet<string> = new Set(
  'and or not in is like ilike rlike regexp between case when then else end as from div within filter escape'.split(
    ' ',
  ),
);

/** Functions that may be called without brackets, where no column has their name. */
export const keywordCalls: ReadonlySet<string> = new Set([
  'current_date',
  'current_timestamp',
  'current_user',
  'localtimestamp',
  'session_user',
  'user',
]);
