import { SluiceError } from '../errors/index.js';
import { schemaFromJson, schemaToJson } from '../schema/index.js';
import type { StoreLayout } from './contract.js';

/** The version of the files in which state is kept. */
const formatVersion = 1;

/** A layout as the text that stands at the beginning of each file. */
export function encodeLayout({ name, operator, key, value, settings }: StoreLayout): string {
  return JSON.stringify({
    format: formatVersion,
    name,
    operator,
    key: JSON.parse(schemaToJson(key)) as unknown,
    value: JSON.parse(schemaToJson(value)) as unknown,
    ...(settings === undefined ? {} : { settings }),
  });
}

/** Throws CHECKPOINT_MISMATCH if a newer version of sluice wrote it. */
export function decodeLayout(text: string, path: string): StoreLayout {
  const parsed = JSON.parse(text) as Record<'key' | 'value', unknown> &
    Pick<StoreLayout, 'name' | 'operator' | 'settings'> & { readonly format: number };
  const { format, name, operator, key, value, settings } = parsed;
  if (format > formatVersion) {
    throw new SluiceError(
      'CHECKPOINT_MISMATCH',
      `${path} has the format ${format}, this version of sluice reads up to ${formatVersion}. Use a newer sluice.`,
      { details: { path, checkpoint: format, pipeline: formatVersion } },
    );
  }
  return {
    name,
    operator,
    key: schemaFromJson(JSON.stringify(key)),
    value: schemaFromJson(JSON.stringify(value)),
    ...(settings === undefined ? {} : { settings }),
  };
}
