import { programOf } from './programs.js';

/** How long a spec of a broker may take: a machine that does much else starts one in 20 s. */
export const brokerMillis = 180_000;

/** `describe` where this machine can run a broker; says loudly if it cannot. In CI it has to. */
export function describeKafka(): jest.Describe {
  const missing = Object.entries({ Java: 'java', Maven: 'mvn', openssl: 'openssl' })
    .filter(([, program]) => programOf(program) === undefined)
    .map(([name]) => name);
  if (missing.length === 0) return describe;
  const without = `This machine has no ${missing.join(', no ')}.`;
  if (process.env.CI !== undefined) throw new Error(`In CI the specs of Kafka have to run. ${without}`);
  console.warn(`NOT TESTED: Kafka. ${without}`);
  return describe.skip;
}
