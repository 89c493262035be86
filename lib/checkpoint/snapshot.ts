import type { Json } from '../batch/index.js';
import type { BatchPlan, Recovered } from '../context/index.js';
import { SluiceError } from '../errors/index.js';
import { type LogRecord, encodeRecord, formatVersion } from './records.js';

interface SourceEntry {
  kind: string;
  offset: Json;
  memory: Json[];
}

/** How many remembered entries stand on one line, so that lines stay readable. */
const entriesPerLine = 500;

/** What a query has done so far, as the records of its log tell it. */
export class Snapshot {
  queryId = '';
  nextBatch = 0;
  watermark: number | null = null;
  readonly sources = new Map<string, SourceEntry>();
  readonly state = new Map<string, Json>();
  pending: BatchPlan | undefined;
  /** Batches committed since the snapshot began. */
  commits = 0;

  /** Takes in one record. `file` is for the message if it cannot be what follows. */
  apply(record: LogRecord, file: string): void {
    switch (record.type) {
      case 'segment':
        if (record.format > formatVersion) {
          throw new SluiceError(
            'CHECKPOINT_MISMATCH',
            `${file} has the format ${record.format}, this version of sluice reads up to ${formatVersion}. Use a newer sluice.`,
            { details: { path: file, checkpoint: record.format, pipeline: formatVersion } },
          );
        }
        this.queryId = record.query;
        this.nextBatch = record.nextBatch;
        this.watermark = record.watermark;
        break;
      case 'source':
        this.sources.set(record.name, { kind: record.kind, offset: record.offset, memory: [] });
        break;
      case 'memory':
        for (const entry of record.entries) this.sources.get(record.source)?.memory.push(entry);
        break;
      case 'state':
        this.state.set(record.name, record.value);
        break;
      case 'plan':
        this.plan(record);
        break;
      case 'commit':
        this.commit(record, file);
        break;
      case 'reserve':
        this.nextBatch = Math.max(this.nextBatch, record.id);
        break;
      case 'ready':
        break;
    }
  }

  private plan({ type: _, ...plan }: Extract<LogRecord, { type: 'plan' }>): void {
    this.pending = plan;
    for (const [name, range] of Object.entries(plan.sources)) {
      const source = this.sources.get(name) ?? { kind: range.kind, offset: range.start, memory: [] };
      source.kind = range.kind;
      // Also of a batch that is planned anew: the source counts on what it asked for once.
      for (const entry of range.memory) source.memory.push(entry);
      this.sources.set(name, source);
    }
  }

  private commit(record: Extract<LogRecord, { type: 'commit' }>, file: string): void {
    if (this.pending?.id !== record.id) {
      const found = `a commit of batch ${record.id} without its plan`;
      throw new SluiceError('CHECKPOINT_CORRUPT', `${file} holds ${found}.`, { details: { path: file } });
    }
    for (const [name, range] of Object.entries(this.pending.sources)) this.sources.get(name)!.offset = range.end;
    for (const [name, value] of Object.entries(record.state)) this.state.set(name, value);
    this.watermark = record.watermark;
    this.nextBatch = Math.max(this.nextBatch, record.id + 1);
    this.pending = undefined;
    this.commits++;
  }

  /** What a source no longer needs to remember is forgotten. */
  forget(memoryOf: (source: string) => readonly Json[] | undefined): void {
    for (const [name, source] of this.sources) source.memory = [...(memoryOf(name) ?? source.memory)];
  }

  /** The beginning of a new segment: the records that say all this. */
  encode(): string {
    const lines = [
      encodeRecord({
        type: 'segment',
        format: formatVersion,
        query: this.queryId,
        nextBatch: this.nextBatch,
        watermark: this.watermark,
      }),
    ];
    for (const [name, { kind, offset, memory }] of this.sources) {
      lines.push(encodeRecord({ type: 'source', name, kind, offset }));
      for (let i = 0; i < memory.length; i += entriesPerLine) {
        lines.push(encodeRecord({ type: 'memory', source: name, entries: memory.slice(i, i + entriesPerLine) }));
      }
    }
    for (const [name, value] of this.state) lines.push(encodeRecord({ type: 'state', name, value }));
    lines.push(encodeRecord({ type: 'ready' }));
    return lines.join('');
  }

  recovered(): Recovered {
    const { nextBatch, watermark, sources, state, pending } = this;
    return { nextId: nextBatch, watermark, sources: new Map(sources), state: new Map(state), pending };
  }
}
