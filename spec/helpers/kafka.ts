import { programOf } from './programs.js';

/** How long a spec of a broker may take: a machine that does much else starts one in 20 s. */
export const brokerMillis = 180_000;

/** `describe` where this machine can run a broker; says loudly if it cannot. In CI it has to. */
export function describeKafka(): jest.Describe {
  const missing = Object.entries({ Java: 'java', Maven: 'mvn', openssl: 'openssl' })
    .filter(([, program]) => programOf(program) === undefined)
    .map(([name]) => name);
  if (missing.length === 0 || process.env.CI !== undefined) return describe;
  console.warn(`NOT TESTED: Kafka. This machine has no ${missing.join(', no ')}.`);
  return describe.skip;
}
