import type { Differences } from './differences.js';

/** docs/differences.md, as it has to be. */
export function differencesPage({ list }: Differences): string {
  const items = (yet: boolean): string =>
    list
      .filter((difference) => (difference.yet ?? false) === yet)
      .map(({ reason, ids, mentions = [] }) => {
        const cases = [...ids.map((id) => `\`${id}\``), ...mentions.map((text) => `what has \`${text}\``)];
        return `- ${reason} (${cases.join(', ')})`;
      })
      .join('\n');
  return `# Differences from Spark

What this library computes is compared with results of a real Spark, case by case, at every test run: \`npm run golden\`. These are the cases in which it gives something else.

## On purpose

${items(false)}

## Not yet

${items(true)}
`;
}
