import { stat } from 'node:fs/promises';
import { resolve, sep } from 'node:path';

/** The first line of each log of `_spark_metadata`. */
export const logVersion = 'v1';

/** What Hadoop says of files on a local disk. */
const localDisk = { blockReplication: 1, blockSize: 32 * 1024 * 1024 };

/** The line by which Spark knows a file that is there; `modified` is when, if not when the file was written. */
export async function entryOf(path: string, modified?: number): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  const { blockReplication, blockSize } = localDisk;
  return JSON.stringify({
    path: uriOf(path),
    size,
    isDir: false,
    modificationTime: modified ?? Math.floor(mtimeMs),
    blockReplication,
    blockSize,
    action: 'add',
  });
}

/** When the file of a line was modified: milliseconds since the epoch. */
export const modifiedAt = (entry: string): number =>
  (JSON.parse(entry) as { modificationTime: number }).modificationTime;

/** Where the file of a line is. */
export const uriIn = (entry: string): string => (JSON.parse(entry) as { path: string }).path;

/** What `java.net.URI` escapes in a path: letters beyond ASCII stay as they are, blanks among them excepted. */
const escaped = /[^\w\-!.~'()*,;:$&+=/@\u00a0-\u{10ffff}]|[\p{Zs}\p{Zl}\p{Zp}]/gu;

/** A path as Hadoop writes it. */
export function uriOf(path: string): string {
  const absolute = resolve(path);
  const slashed = sep === '/' ? absolute : `/${absolute.split(sep).join('/')}`;
  return `file://${slashed.replace(escaped, (c) => encodeURIComponent(c))}`;
}

/** The path that such a URI names: `file:///a%20b`, `file:/a%20b` or the path alone. */
export function pathOfUri(uri: string): string {
  const path = uri.replace(/^file:(\/\/(?=\/))?/, '');
  // Only what is escaped, byte by byte, since letters beyond ASCII may stand as they are.
  const unescaped = path.replace(/(%[0-9a-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
  );
  return resolve(sep === '/' ? unescaped : unescaped.replace(/^\/(?=[a-z]:)/i, ''));
}
