import { messageOf } from '../../../lib/errors/index.js';
import { missingPackage } from '../../../lib/errors/missing-package.js';
import type { Connection } from './connection.js';
import { KafkaFault, codeName, kafkaCode } from './fault.js';
import { saslAuthenticate, saslHandshake } from './protocol/cluster.js';
import type { Credentials } from './settings.js';

/** A step of a mechanism, as kafkajs describes it. */
interface Step {
  readonly request: { encode(): Promise<Buffer> };
  readonly response?: { decode(bytes: Buffer): Promise<unknown>; parse(data: unknown): Promise<unknown> };
}

/** How kafkajs's mechanisms are run. */
type Mechanism = (
  credentials: object,
) => (around: {
  readonly host: string;
  readonly port: number;
  readonly logger: object;
  readonly saslAuthenticate: (step: Step) => Promise<unknown>;
}) => { authenticate(): Promise<void> };

const files = {
  PLAIN: 'plain',
  'SCRAM-SHA-256': 'scram256',
  'SCRAM-SHA-512': 'scram512',
  OAUTHBEARER: 'oauthBearer',
} as const;

const ignore = (): void => undefined;
const silent = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/**
 * Makes us known on a new connection. The exchange of each mechanism is that of the optional package kafkajs. Rejects
 * with a `KafkaFault`, which is a refusal if the broker does not take the credentials.
 */
export async function authenticate(connection: Connection, sasl: Credentials, timeout: number): Promise<void> {
  const { mechanism } = sasl;
  const { address } = connection;
  const mechanismOf = await loadMechanism(mechanism);
  const credentials = await sasl.secrets();
  const offered = await connection.request(saslHandshake, { mechanism }, timeout);
  if (offered.error === kafkaCode.illegalSaslState) {
    throw KafkaFault.refused(
      'AUTHENTICATION_FAILED',
      `Broker ${address} asks for no credentials on this port, but kafka.sasl gives some. Use its SASL port, or leave out kafka.sasl`,
    );
  }
  if (offered.error !== kafkaCode.none) {
    throw KafkaFault.refused(
      'AUTHENTICATION_FAILED',
      `Broker ${address} does not offer the SASL mechanism ${mechanism}; it offers ${offered.mechanisms.join(', ') || 'none'}. Set kafka.sasl.mechanism to one of these`,
    );
  }
  const exchange = async ({ request, response }: Step): Promise<unknown> => {
    // kafkajs writes the length in front of the message, as old brokers want it.
    const bytes = (await request.encode()).subarray(4);
    const answer = await connection.request(saslAuthenticate, { bytes }, timeout);
    if (answer.error !== kafkaCode.none) throw new Refusal(answer.message ?? codeName(answer.error));
    if (answer.lifetime > 0) connection.expires = Date.now() + answer.lifetime * 0.85;
    if (response === undefined) {
      // A token that is refused comes back as a JSON text of the reason.
      if (mechanism === 'OAUTHBEARER' && answer.bytes.length > 0) throw new Refusal(answer.bytes.toString());
      return undefined;
    }
    return response.parse(await response.decode(withLength(answer.bytes)));
  };
  let failure: unknown;
  const step = (it: Step): Promise<unknown> =>
    exchange(it).catch((error: unknown) => {
      failure = error;
      throw error;
    });
  try {
    await mechanismOf(credentials)({ host: address, port: 0, logger: silent, saslAuthenticate: step }).authenticate();
  } catch (error) {
    if (failure instanceof KafkaFault) throw failure;
    const why = failure instanceof Refusal ? failure.message : messageOf(error);
    const who = 'username' in credentials ? ` of user '${String(credentials.username)}'` : '';
    throw KafkaFault.refused(
      'AUTHENTICATION_FAILED',
      `Broker ${address} refuses the ${mechanism} credentials${who}: ${why}. Check kafka.sasl`,
    );
  }
}

class Refusal extends Error {}

function withLength(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length + 4);
  out.writeInt32BE(bytes.length, 0);
  bytes.copy(out, 4);
  return out;
}

async function loadMechanism(mechanism: keyof typeof files): Promise<Mechanism> {
  try {
    const path = `kafkajs/src/broker/saslAuthenticator/${files[mechanism]}.js`;
    return ((await import(path)) as { default: Mechanism }).default;
  } catch (error) {
    throw missingPackage(error, 'SASL needs', 'kafkajs', 'kafkajs@2.2.4');
  }
}
