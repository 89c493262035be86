import type { Differences } from './differences.js';

/** docs/differences.md, as it has to be. */
export function differencesPage({ list }: Differences): string {
  const items = (yet: boolean): string =>
    list
      .filter((difference) => (difference.yet ?? false) === yet)
      .map(({ reason, ids }) => `- ${reason} (${ids.map((id) => `\`${id}\``).join(', ')})`)
      .join('\n');
  return `# Differences from Spark

What this library computes is compared with results of a real Spark, case by case, at every test run: \`npm run golden\`. These are the cases in which it gives something else.

## On purpose

${items(false)}

## Not yet

${items(true)}
`;
}
