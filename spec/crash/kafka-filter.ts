import { createRequire } from 'node:module';
import type * as KafkaJs from 'kafkajs';

interface Message {
  readonly offset: string;
  readonly isControlRecord: boolean;
  readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
}

interface Fetched {
  readonly messages: readonly Message[];
  readonly abortedTransactions?: readonly { readonly producerId: string; readonly firstOffset: string }[];
}

/**
 * kafkajs with a filter of aborted records that may be trusted: its own takes a broker's list of aborted transactions
 * for one in the order of their first records, and it is in that of their ends. What was aborted after it had been open
 * for long is handed out.
 */
export function kafkaThatFilters(): typeof KafkaJs {
  const require = createRequire(import.meta.url);
  const filter = require.resolve('kafkajs/src/consumer/filterAbortedMessages');
  require(filter);
  require.cache[filter]!.exports = committed;
  return require('kafkajs') as typeof KafkaJs;
}

function committed({ messages, abortedTransactions }: Fetched): Message[] {
  const coming = [...(abortedTransactions ?? [])].sort((a, b) => Number(a.firstOffset) - Number(b.firstOffset));
  const aborting = new Set<string>();
  return messages.filter(({ offset, isControlRecord, batchContext: { producerId, inTransaction } }) => {
    while (coming.length > 0 && Number(coming[0]!.firstOffset) <= Number(offset)) {
      aborting.add(coming.shift()!.producerId);
    }
    if (isControlRecord) aborting.delete(producerId);
    return isControlRecord || !inTransaction || !aborting.has(producerId);
  });
}
