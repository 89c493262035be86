import { SluiceError } from '../../lib/errors/index.js';
import {
  isObject,
  type Option,
  type Parsed,
  oneOf,
  optionName,
  parseOptions,
  required,
} from '../../lib/options/index.js';
import { type Schema, structOf } from '../../lib/schema/index.js';
import {
  type CsvReadOptions,
  type CsvWriteOptions,
  csvDecoder,
  csvEncoder,
  csvInference,
  csvReadOptions,
  csvWriteOptions,
} from './csv/index.js';
import { binaryReadOptions, binarySchema } from './binary.js';
import { compressionOptions, decompressionOptions, encoders } from './compression/index.js';
import { checkFastCsvReading, checkFastCsvWriting } from './engines/fast-csv.js';
import { checkParquetJsSchema } from './engines/parquetjs.js';
import { checkParquetJsWriting } from './engines/parquetjs-writer.js';
import type { DecodeRequest, RecordDecoder, RecordEncoder, SchemaInference } from './format.js';
import { jsonDecoder } from './json/decoder.js';
import { jsonEncoder } from './json/encoder.js';
import { jsonInference } from './json/inference.js';
import {
  type JsonReadOptions,
  type JsonWriteOptions,
  jsonReadOptions,
  jsonWriteOptions,
} from '../../lib/formats/json/options.js';
import { inferenceOptions } from './source/infer.js';
import {
  type ParquetCodec,
  type ParquetReadOptions,
  parquetReadOptions,
  parquetWriteOptions,
} from './parquet/index.js';
import { textDecoder, textSchema } from './text/decoder.js';
import { checkTextSchema, textEncoder } from './text/encoder.js';
import { type TextReadOptions, type TextWriteOptions, textReadOptions, textWriteOptions } from './text/options.js';

/** Formats that files are written in. */
export const sinkFormatNames = ['csv', 'json', 'text', 'parquet'] as const;

export const formatNames = [...sinkFormatNames, 'binaryFile'] as const;

export type FormatName = (typeof formatNames)[number];

export type OptionSpec = Readonly<Record<string, Option<unknown, unknown>>>;

/** What the file source and the file sink know of a format. `options` are those that its own spec has read. */
export interface Format {
  readonly name: FormatName;
  readonly readOptions: OptionSpec;
  readonly writeOptions: OptionSpec;
  /** The columns of every file; undefined where a schema says. */
  readonly schema?: Schema;
  /** Whether a file tells its columns itself. */
  readonly describesItself?: boolean;
  /** Whether the encoder writes values whose type nobody declared; if not, they get a type first. */
  readonly untyped?: boolean;
  /** Throws what an option's value alone does not tell: MISSING_PACKAGE, and INVALID_OPTION of those that go not together. */
  checkReading?(options: unknown): void;
  checkWriting?(options: unknown): void;
  /** For formats that are a sequence of records in bytes. */
  decoder?(options: unknown, request: DecodeRequest): RecordDecoder;
  encoder?(options: unknown, schema: Schema): RecordEncoder;
  /** How the columns are found out where no schema is given; undefined where one has to be. */
  inference?(options: unknown): SchemaInference | undefined;
}

const formats: Readonly<Record<FormatName, Format>> = {
  csv: {
    name: 'csv',
    readOptions: { ...csvReadOptions, ...decompressionOptions, ...inferenceOptions },
    writeOptions: { ...csvWriteOptions, ...compressionOptions },
    checkReading: (options) => {
      if ((options as CsvReadOptions).engine !== undefined) checkFastCsvReading(options as CsvReadOptions);
    },
    checkWriting: (options) => {
      if ((options as CsvWriteOptions).engine !== undefined) checkFastCsvWriting(options as CsvWriteOptions);
    },
    decoder: (options, request) => csvDecoder(options as CsvReadOptions, request),
    encoder: (options, schema) => csvEncoder(options as CsvWriteOptions, schema),
    inference: (options) => csvInference(options as CsvReadOptions),
  },
  json: {
    name: 'json',
    readOptions: { ...jsonReadOptions, ...decompressionOptions, ...inferenceOptions },
    writeOptions: { ...jsonWriteOptions, ...compressionOptions },
    untyped: true,
    decoder: (options, request) => jsonDecoder(options as JsonReadOptions, request),
    encoder: (options) => jsonEncoder(options as JsonWriteOptions),
    inference: (options) => jsonInference(options as JsonReadOptions),
  },
  text: {
    name: 'text',
    readOptions: { ...textReadOptions, ...decompressionOptions },
    writeOptions: { ...textWriteOptions, ...compressionOptions },
    schema: textSchema,
    decoder: (options, request) => textDecoder(options as TextReadOptions, request),
    encoder: (options, schema) => {
      checkTextSchema(schema);
      return textEncoder(options as TextWriteOptions);
    },
  },
  parquet: {
    name: 'parquet',
    readOptions: parquetReadOptions,
    writeOptions: parquetWriteOptions,
    describesItself: true,
    checkReading: (options) => {
      const { engine, schema } = options as ParquetReadOptions & { readonly schema?: Schema };
      if (engine !== undefined) checkParquetJsSchema(schema ?? structOf([]), 'read');
    },
    checkWriting: (options) => {
      const written = options as Parsed<typeof parquetWriteOptions>;
      if (written.engine !== undefined) checkParquetJsWriting(written);
    },
  },
  binaryFile: {
    name: 'binaryFile',
    readOptions: binaryReadOptions,
    writeOptions: {},
    schema: binarySchema,
  },
};

/** How files end, by codec. */
export const codecSuffixes: Readonly<Record<FormatName, Readonly<Record<string, string>>>> = {
  csv: suffixesOf('.csv'),
  json: suffixesOf('.json'),
  text: suffixesOf('.txt'),
  parquet: {
    none: '.parquet',
    uncompressed: '.parquet',
    snappy: '.snappy.parquet',
    gzip: '.gz.parquet',
    zstd: '.zstd.parquet',
    brotli: '.br.parquet',
    lz4_raw: '.lz4raw.parquet',
  } satisfies Record<ParquetCodec, string>,
  binaryFile: {},
};

function suffixesOf(extension: string): Readonly<Record<string, string>> {
  const compressed = Object.entries(encoders).map(([codec, encoder]) => [codec, extension + encoder.extension]);
  return { none: extension, uncompressed: extension, ...(Object.fromEntries(compressed) as Record<string, string>) };
}

/** How files of a format end that are written with these options. */
export function suffixOf(format: FormatName, codec: string | undefined, formatOptions: unknown): string {
  const suffix = codecSuffixes[format][codec ?? 'none']!;
  const { extension } = formatOptions as Partial<CsvWriteOptions>;
  return extension === undefined ? suffix : suffix.replace(format, extension);
}

/**
 * Which format the options of `what` ask for. An option that another format has is refused here, by the name of that
 * format; what no format has is left to `parseOptions`.
 */
export function formatOf(
  what: string,
  given: unknown,
  side: 'readOptions' | 'writeOptions',
  common: OptionSpec,
): Format {
  const options = isObject(given) ? given : {};
  const asked = Object.fromEntries(Object.entries(options).filter(([key]) => key.toLowerCase() === 'format'));
  const names: readonly FormatName[] = side === 'readOptions' ? formatNames : sinkFormatNames;
  const { format: name } = parseOptions(what, isObject(given) ? asked : given, { format: required(oneOf(names)) });
  const format = formats[name];
  const known = { ...common, ...format[side] };
  for (const option of Object.keys(options)) {
    if (optionName(known, option) !== undefined) continue;
    const others = formatNames.filter((other) => optionName(formats[other][side], option) !== undefined);
    if (others.length === 0) continue;
    const message = `${what}: '${option}' is an option of the format ${others.join(' and ')}, not of ${name}. Leave it out.`;
    throw new SluiceError('UNKNOWN_OPTION', message, { details: { option, format: name, formats: others } });
  }
  return format;
}
