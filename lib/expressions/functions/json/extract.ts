import type { BytesColumn, Column } from '../../../columns/index.js';
import { JsonExtractor } from '../../../formats/json/extract.js';
import { JsonMembers } from '../../../formats/json/members.js';
import { type Step, parsePath } from '../../../formats/json/path.js';
import { repairedText } from '../../../formats/scan/utf8.js';
import { BytesWriter } from '../../../formats/scan/writers.js';
import { array, int, string } from '../../../schema/index.js';
import { decodeText, encodeText } from '../../../text/index.js';
import { invalid } from '../../errors.js';
import { type Constant, toColumn } from '../../vector.js';
import type { Binding, FunctionDef, GeneratorDef, VectorFunction } from '../define.js';
import { rest } from '../params.js';
import { onlyText } from './arguments.js';

export const getJsonObject: FunctionDef = {
  name: 'get_json_object',
  group: 'json',
  usage: 'json, path',
  summary:
    "What a path such as `$.a.b[0]`, `$['a b']` or `$.list[*].x` leads to in a JSON text: a string as it is, anything else as JSON. Null if that is nothing or `null`, if the text is no JSON, or the path is no path. What `[*]` finds is an array, unless it is a single value.",
  examples: [
    [`get_json_object('{"a":{"b":"x"}}', '$.a.b')`, 'x'],
    [`get_json_object('{"a":[{"b":1},{"b":2}]}', '$.a[*].b')`, '[1,2]'],
    [`get_json_object('{"a":1}', '$.b')`, 'NULL'],
  ],
  params: [onlyText('json'), onlyText('path')],
  returns: string(),
  total: true,
  evaluate: () => {
    const extractor = new JsonExtractor();
    const paths = pathReader();
    return (json: string, path: string) => {
      const steps = paths(path);
      const bytes = wellFormed(json);
      extractor.out.length = 0;
      if (steps === undefined || !extractor.find(steps, bytes, 0, bytes.length)) return null;
      return decodeText(extractor.out.bytes, 0, extractor.out.length);
    };
  },
  vector: getVector,
};

function getVector(binding: Binding): VectorFunction | undefined {
  const constant = binding.constant(1);
  if (typeof constant !== 'string') return undefined;
  const path = parsePath(constant);
  const extractor = new JsonExtractor();
  return (args, n) => {
    const { out } = extractor;
    const json = toColumn(args[0] as Column | Constant, n) as BytesColumn;
    const { bytes, offsets } = repairedText(json);
    const writer = new BytesWriter(string());
    for (let i = 0; i < n; i++) {
      out.length = 0;
      if (path !== undefined && json.isValid(i) && extractor.find(path, bytes, offsets[i]!, offsets[i + 1]!)) {
        writer.append(out.bytes, 0, out.length);
      } else {
        writer.appendNull();
      }
    }
    return writer.finish();
  };
}

/** Reads paths; the last one is mostly the next one, too. */
function pathReader(): (text: string) => readonly Step[] | undefined {
  let last: string | undefined;
  let steps: readonly Step[] | undefined;
  return (text) => {
    if (text !== last) {
      last = text;
      steps = parsePath(text);
    }
    return steps;
  };
}

/** The bytes of a text; of a broken character, U+FFFD. */
const wellFormed = (text: string): Uint8Array => encodeText(text.replace(/\p{Surrogate}/gu, '\ufffd'));

export const jsonTuple: GeneratorDef = {
  name: 'json_tuple',
  group: 'json',
  usage: 'json, name, …',
  summary:
    'The values of several names in a JSON object, as texts in the columns c0, c1, …: strings as they are, anything else as JSON. Null where there is none, and everywhere if the text is no object.',
  examples: [[`json_tuple('{"a":1,"b":"x"}', 'a', 'b')`, '1, x']],
  params: [strictText('json'), rest(strictText('name'))],
  columns: ({ types }) => types.slice(1).map((_, i) => ({ name: `c${i}`, type: string(), nullable: true })),
  generate: () => {
    const members = new JsonMembers();
    return (json: string | null, ...names: (string | null)[]) => {
      if (json === null) return [names.map(() => null)];
      const bytes = wellFormed(json);
      return [members.values(names, bytes, 0, bytes.length)];
    };
  },
};

/** A string, or Spark's error for a function that takes nothing else. */
function strictText(name: string) {
  const { coerce } = onlyText(name);
  return {
    name,
    coerce: (...args: Parameters<typeof coerce>) => {
      const type = coerce(...args);
      if (type === undefined) throw invalid('DATATYPE_MISMATCH.NON_STRING_TYPE', 'json_tuple takes strings only.');
      return type;
    },
  };
}

export const jsonArrayLength: FunctionDef = {
  name: 'json_array_length',
  group: 'json',
  usage: 'jsonArray',
  summary: 'How many elements the outermost array of a JSON text has; null if the text is no array.',
  examples: [
    ["json_array_length('[1, [2, 3], 4]')", '3'],
    [`json_array_length('{"a":1}')`, 'NULL'],
  ],
  params: [onlyText('jsonArray')],
  returns: int(),
  total: true,
  evaluate: () => {
    const members = new JsonMembers();
    return (json: string) => {
      const bytes = wellFormed(json);
      return members.count(bytes, 0, bytes.length) ?? null;
    };
  },
};

export const jsonObjectKeys: FunctionDef = {
  name: 'json_object_keys',
  group: 'json',
  usage: 'jsonObject',
  summary: 'The names in the outermost object of a JSON text, in order; null if the text is no object.',
  examples: [[`json_object_keys('{"a":1,"b":{"c":2}}')`, '[a, b]']],
  params: [onlyText('jsonObject')],
  returns: array(string()),
  total: true,
  evaluate: () => {
    const members = new JsonMembers();
    return (json: string) => {
      const bytes = wellFormed(json);
      return members.names(bytes, 0, bytes.length) ?? null;
    };
  },
};
