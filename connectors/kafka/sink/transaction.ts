import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../../../lib/errors/index.js';
import type { PartitionError, ProducerIdentity, TopicPartition, Transaction } from '../client/contract.js';
import { keyOf } from '../client/partition.js';
import { KafkaFault, kafkaCode } from '../client/fault.js';
import type { Cluster } from '../client/index.js';
import { within } from '../within.js';
import type { CommitLog, CommitToken } from './commit-log.js';
import type { Delivery } from './delivery.js';
import type { Lane } from './lane.js';
import type { Sender } from './sender.js';

export interface TransactionSettings {
  readonly transactionalId: string;
  /** After so many milliseconds a broker aborts what was begun. */
  readonly timeout: number;
  readonly queryId: string;
  readonly runId: string;
  readonly signal: AbortSignal;
}

/** How long ending what is given up may take, in milliseconds: the query has failed, and waits for it. */
const giveUpMillis = 5000;

/** A coordinator that still ends the transaction before answers so for a few milliseconds. */
const concurrentMillis = 1;

/**
 * Writes each batch in a transaction, with a token that says so. There are two states:
 *
 * - *Certain*: no transaction of ours is open, and `done` is the last batch that is there.
 * - *In doubt*: one may be open, or being committed. So it is in the beginning, as a process before this one may have
 *   died, and from the moment a transaction begins until the broker has said that it is committed.
 *
 * Whatever goes wrong, nothing is repaired within a transaction. What may help later is tried again within the time
 * that there is, and from doubt there is one way back: a new epoch of the producer. Before the coordinator gives one it
 * ends what is open, and nothing that is still on its way under the old one is taken any more. Then the log of tokens
 * says whether the batch is there: if so it is skipped, and if not it is written again, whole.
 *
 * | what a request is answered | what it means | what is done |
 * |---|---|---|
 * | CONCURRENT_TRANSACTIONS | the transaction before is being ended | the request again, after 1 ms |
 * | leader or coordinator moved, not enough replicas, no answer, a connection that broke | not done, or nobody knows | new epoch, token, batch again |
 * | sequence, state or id of the producer unknown | the transaction is lost | the same |
 * | epoch fenced, and the transaction timed out | the broker has aborted it | the same |
 * | epoch fenced | another process writes for this query | PRODUCER_FENCED |
 * | any other | asking again does not help | the error's own code |
 */
export class TransactionalDelivery implements Delivery {
  retries = 0;
  redone = 0;
  private isCertain = false;
  /** The last batch that is there. */
  private done = -1;
  private identity: ProducerIdentity | undefined;
  /** When the transaction began that is open, by `performance.now()`; undefined: none can be. */
  private begun: number | undefined;
  /** The number of the next record of each partition, in this epoch. */
  private readonly sequences = new Map<string, number>();
  /** The run that wrote the newest token, as far as it is known. */
  private lastRun: string | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly sender: Sender,
    private readonly log: CommitLog,
    private readonly settings: TransactionSettings,
  ) {}

  async has(batchId: number, deadline: number): Promise<boolean> {
    if (!this.isCertain) await this.persist(batchId, deadline, () => this.settle(deadline));
    return batchId <= this.done;
  }

  async deliver(batchId: number, lanes: readonly Lane[], deadline: number): Promise<void> {
    let tries = 0;
    try {
      await this.persist(batchId, deadline, async () => {
        if (!this.isCertain) await this.settle(deadline);
        // The try before was committed, though no answer came.
        if (batchId <= this.done) return;
        if (tries++ > 0) this.redone++;
        this.isCertain = false;
        await this.write(batchId, lanes, deadline);
        this.done = batchId;
        this.isCertain = true;
      });
    } catch (error) {
      await this.giveUp();
      throw error;
    }
  }

  /** Ends what is open if the coordinator can be asked to: else readers wait behind it until it times out. */
  private async giveUp(): Promise<void> {
    const { begun, identity, settings } = this;
    const { signal, transactionalId } = settings;
    if (begun === undefined || signal.aborted) return;
    const abort = async (): Promise<void> => {
      const node = await this.cluster.coordinatorOf('transaction', transactionalId);
      await this.cluster.client.endTransaction(node, { ...identity!, transactionalId }, false);
    };
    // It is of no matter why it cannot.
    await within(abort(), giveUpMillis).catch(() => undefined);
  }

  /** Repeats what may succeed later. */
  private async persist(batchId: number, deadline: number, attempt: () => Promise<void>): Promise<void> {
    const { signal, transactionalId } = this.settings;
    const what = `writing batch ${batchId} as '${transactionalId}'`;
    const onRetry = (): void => void this.retries++;
    await this.cluster.persist(what, { deadline, signal, onRetry }, async () => {
      try {
        await attempt();
      } catch (error) {
        throw this.judged(error);
      }
    });
  }

  /** From doubt to certainty. */
  private async settle(deadline: number): Promise<void> {
    await this.log.make();
    this.identity = await this.newEpoch(deadline);
    this.begun = undefined;
    this.sequences.clear();
    const token = await this.log.read();
    this.checkRun(token);
    this.lastRun = token?.runId ?? this.settings.runId;
    this.done = Math.max(this.done, token?.batchId ?? -1);
    this.isCertain = true;
  }

  private async newEpoch(deadline: number): Promise<ProducerIdentity> {
    const { identity, settings } = this;
    const { timeout, transactionalId } = settings;
    const node = await this.cluster.coordinatorOf('transaction', transactionalId);
    const init = (current?: ProducerIdentity): Promise<ProducerIdentity> => {
      const request = { transactionalId, timeout, ...(current === undefined ? {} : { current }) };
      return this.afterOthers(deadline, () => this.cluster.client.initProducer(node, request));
    };
    if (identity === undefined) return init();
    try {
      return await init(identity);
    } catch (error) {
      // So says a broker also when it was itself that ended a transaction of ours, which then does not count.
      if (!isFenced(error) || this.begun === undefined) throw error;
    }
    this.checkRun(await this.log.read());
    return init();
  }

  /** Nobody else writes for this query once we have begun. */
  private checkRun(token: CommitToken | undefined): void {
    const { lastRun, settings } = this;
    if (token === undefined || token.runId === settings.runId) return;
    if (lastRun !== undefined && token.runId !== lastRun) throw this.fenced();
  }

  private async write(batchId: number, lanes: readonly Lane[], deadline: number): Promise<void> {
    const { queryId, runId, transactionalId } = this.settings;
    const { cluster, identity, sequences } = this;
    const transaction: Transaction = { ...identity!, transactionalId };
    const node = await cluster.coordinatorOf('transaction', transactionalId);
    const all = [...lanes, this.log.laneOf({ queryId, runId, batchId }, Date.now())];
    this.begun = performance.now();
    await this.afterOthers(deadline, () => this.add(node, transaction, all));
    for (const lane of all) lane.begin(sequences.get(keyOf(lane)) ?? 0);
    await this.sender.send(all, transaction);
    for (const lane of all) sequences.set(keyOf(lane), lane.sequence);
    await cluster.client.endTransaction(node, transaction, true);
    this.begun = undefined;
    this.lastRun = runId;
  }

  private async add(node: number, transaction: Transaction, to: readonly TopicPartition[]): Promise<void> {
    const partitions = to.map(({ partition, topic }) => ({ partition, topic }));
    const answers = await this.cluster.client.addPartitions(node, transaction, partitions);
    const wrong = answers.filter(({ error }) => error !== kafkaCode.none);
    // What is wrong with one keeps the others out.
    const cause = wrong.find(({ error }) => error !== kafkaCode.operationNotAttempted) ?? wrong[0];
    if (cause !== undefined) throw faultOf(cause);
    if (answers.length < to.length) throw new KafkaFault('adding partitions to a transaction: not all were', 'unknown');
  }

  /** Calls again as long as the transaction before is being ended. */
  private async afterOthers<T>(deadline: number, call: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await call();
      } catch (error) {
        const isBusy = error instanceof KafkaFault && error.code === kafkaCode.concurrentTransactions;
        if (!isBusy || this.settings.signal.aborted || Date.now() > deadline) throw error;
        await sleep(concurrentMillis);
      }
    }
  }

  /** What a failure means for the batch. */
  private judged(error: unknown): unknown {
    if (!(error instanceof KafkaFault)) return error;
    if (isFenced(error)) {
      const { begun, settings } = this;
      const hasTimedOut = begun !== undefined && performance.now() - begun >= settings.timeout;
      return hasTimedOut ? again(error) : this.fenced(error);
    }
    if (error.code === kafkaCode.invalidTransactionTimeout) return this.tooPatient(error);
    return error.kind === 'abortable' ? again(error) : error;
  }

  private tooPatient(cause: KafkaFault): SluiceError {
    const message = `kafkaSink: the option 'transactionTimeout' (${this.settings.timeout} ms) is longer than the brokers allow (transaction.max.timeout.ms, 15 minutes unless it is set).`;
    return new SluiceError('INVALID_OPTION', message, { cause, details: { option: 'transactionTimeout' } });
  }

  private fenced(cause?: unknown): SluiceError {
    const { transactionalId } = this.settings;
    const message =
      `Another process writes to Kafka as '${transactionalId}': the same query runs twice, or another one has its ` +
      'transactional id. This run has stopped; nothing of it is there twice. End one of them, or give the sinks different names.';
    return new SluiceError('PRODUCER_FENCED', message, { cause, details: { transactionalId } });
  }
}

const faultOf = ({ error, partition, topic }: PartitionError): KafkaFault =>
  KafkaFault.answered(`adding partition ${partition} of topic '${topic}' to a transaction`, error);

const isFenced = (error: unknown): boolean =>
  error instanceof KafkaFault &&
  (error.code === kafkaCode.producerFenced || error.code === kafkaCode.invalidProducerEpoch);

/** The transaction is lost, the batch is not. */
const again = ({ cause, code, message }: KafkaFault): KafkaFault => new KafkaFault(message, 'retriable', code, cause);
