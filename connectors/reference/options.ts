import { nonEmptyText, parseOptions, required } from '../../lib/options/index.js';

// What a user may write. Every option has a comment that says what it means, in which unit, and its default.
export interface ReferenceOptions {
  /** The file. The sink makes it if it is not there; the source waits for it. Required. */
  readonly path: string;
}

export interface ReferenceSourceOptions extends ReferenceOptions {
  /** The name under which the source is kept in the checkpoint. Default `reference`. */
  readonly name?: string;
}

// How it is read. `parseOptions` refuses unknown names, with the nearest known one, and values that do not fit.
const spec = { path: required(nonEmptyText()) };

export function parseSinkOptions(options: ReferenceOptions) {
  return parseOptions('referenceSink', options, spec);
}

export function parseSourceOptions(options: ReferenceSourceOptions) {
  const { path, name = 'reference' } = parseOptions('referenceSource', options, { ...spec, name: nonEmptyText() });
  return { path, name };
}
