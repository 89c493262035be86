import { type ReadStateOptions, type StateStoreView, readState } from '../checkpoint/index.js';
import { SluiceError, didYouMean } from '../errors/index.js';
import { formatDdl } from '../schema/index.js';

/** What a query knows, a line at a time. */
export async function* printState(dir: string, at: ReadStateOptions): AsyncGenerator<string> {
  const { queryId, batchId, plannedBatchId, watermark, sources, stores } = await readState(dir, at);
  yield `query      ${queryId}`;
  yield `batch      ${batchId ?? 'none is committed'}${plannedBatchId === null ? '' : `, ${plannedBatchId} is planned`}`;
  yield `watermark  ${watermark?.toISOString() ?? 'none'}`;
  for (const [name, { kind, offset }] of Object.entries(sources)) {
    yield `source     ${name} (${kind}) goes on at ${JSON.stringify(offset)}`;
  }
  for (const store of stores) yield* describe(store);
}

function* describe({ name, operator, numRows, keySchema, valueSchema, settings }: StateStoreView): Generator<string> {
  yield `store      ${name} (${operator}), entries: ${numRows}`;
  yield `             key    ${formatDdl(keySchema)}`;
  yield `             value  ${formatDdl(valueSchema)}`;
  for (const [setting, value] of Object.entries(settings)) yield `             ${setting} = ${JSON.stringify(value)}`;
}

/** The first entries of a store, each as JSON. */
export async function* printStore(
  dir: string,
  at: ReadStateOptions,
  name: string,
  limit: number,
): AsyncGenerator<string> {
  const { stores } = await readState(dir, at);
  const store = stores.find((one) => one.name === name);
  if (store === undefined) {
    const names = stores.map((one) => one.name);
    const message = `There is no store '${name}' in ${dir}.${didYouMean(name, names)}`;
    throw new SluiceError('INVALID_OPTION', message, { details: { store: name, stores: names } });
  }
  let left = limit;
  for (const { key, value, expiry } of store.rows()) {
    if (left-- <= 0) return;
    yield JSON.stringify(expiry === null ? { key, value } : { key, value, expiry }, shown);
  }
}

/** What JSON has no way to write: bigints as their digits, maps as their entries, bytes in base 64. */
function shown(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Map || value instanceof Set) return [...(value as Iterable<unknown>)];
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value;
}
