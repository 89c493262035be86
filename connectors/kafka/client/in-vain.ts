import { addressName } from './address.js';
import type { Broker } from './broker.js';
import { KafkaFault } from './fault.js';

/**
 * What became of asking brokers of which none answered. Where one says no for good, another may still come back: it is
 * final only if all did. `isAll`: whether there was time for all of them. `isNew`: whether none has ever answered; then
 * refused credentials are final as well, since they are the cluster's and not the broker's, and to show wrong ones again
 * and again may lock out the user.
 */
export function inVain(
  faults: readonly KafkaFault[],
  { isAll, isNew }: { readonly isAll: boolean; readonly isNew: boolean },
): KafkaFault {
  const [first, ...more] = faults;
  if (first === undefined) return new KafkaFault('The client was closed', 'retriable');
  if (more.length === 0 && (isAll || first.refusal === undefined)) return first;
  const message = `none of ${faults.length} brokers can be used. ${[...new Set(faults.map((fault) => fault.message))].join('; ')}`;
  const refusals = faults.flatMap(({ refusal }) => refusal ?? []);
  const isFinal = isAll && refusals.length === faults.length;
  const refusal = isNew && refusals.includes('AUTHENTICATION_FAILED') ? 'AUTHENTICATION_FAILED' : refusals[0];
  if (refusal !== undefined && (isFinal || (isNew && refusal === 'AUTHENTICATION_FAILED'))) {
    return KafkaFault.refused(refusal, message, first);
  }
  return new KafkaFault(message, 'retriable', undefined, first);
}

/** That a broker cannot be reached by the address that it has made known, though the cluster can. */
export function unreachable({ address, namedBy }: Broker, fault: KafkaFault): KafkaFault {
  const name = addressName(address);
  const by = namedBy === undefined ? 'the cluster' : addressName(namedBy.address);
  return KafkaFault.refused(
    'BROKER_UNREACHABLE',
    `${by} answers, but says that a broker of the cluster is to be reached at ${name} (its advertised.listeners), and ` +
      `that cannot be reached from here. ${fault.message}. Set advertised.listeners of the broker to an ` +
      'address that can be reached from here; clients within and outside of a network such as that of Docker need a ' +
      'listener each',
    fault,
  );
}
