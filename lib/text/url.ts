/** The parts of a URL as written, escapes and all; null for those that it does not have. */
export interface UrlParts {
  readonly scheme: string | null;
  readonly authority: string | null;
  readonly userInfo: string | null;
  readonly host: string | null;
  readonly path: string | null;
  readonly query: string | null;
  readonly fragment: string | null;
}

const OTHER = '[^\\0-\\x7f\\x80-\\x9f\\p{Z}]';
const ESCAPED = '%[0-9A-Fa-f]{2}';
const UNRESERVED = "A-Za-z0-9\\-_.!~*'\\(\\)";
const of = (characters: string) => new RegExp(`^(?:[${UNRESERVED}${characters}]|${ESCAPED}|${OTHER})*$`, 'u');

const uriCharacters = of(';\\/?:@&=+$,\\[\\]');
const pathCharacters = of(';\\/:@&=+$,');
const userCharacters = of(';:&=+$,');
const registryCharacters = of(';:@&=+$,');

/**
 * Takes a URL apart as Java's `java.net.URI` does: strictly by RFC 2396 with letters of all languages. Undefined if it
 * is none.
 */
export function parseUrl(url: string): UrlParts | undefined {
  const [, scheme, specific = '', fragment] = /^(?:([^/?#:]*):)?([^#]*)(?:#(.*))?$/s.exec(url) ?? [];
  if (fragment !== undefined && !uriCharacters.test(fragment)) return undefined;
  if (scheme !== undefined) {
    if (!/^[A-Za-z][A-Za-z0-9+.-]*$/.test(scheme) || specific === '') return undefined;
    if (!specific.startsWith('/')) return opaque(scheme, specific, fragment);
  }
  const [, slashes, authority, path = '', query] = /^(?:(\/\/)([^/?]*))?([^?]*)(?:\?(.*))?$/s.exec(specific) ?? [];
  if (slashes !== undefined && authority === '' && path === '' && query === undefined) return undefined;
  if (!pathCharacters.test(path) || !uriCharacters.test(query ?? '')) return undefined;
  const server = serverOf(authority ?? '');
  if (server === undefined) return undefined;
  return {
    scheme: scheme ?? null,
    authority: authority === undefined || authority === '' ? null : authority,
    ...server,
    path,
    query: query ?? null,
    fragment: fragment ?? null,
  };
}

function opaque(scheme: string, specific: string, fragment: string | undefined): UrlParts | undefined {
  if (!uriCharacters.test(specific)) return undefined;
  return { scheme, authority: null, userInfo: null, host: null, path: null, query: null, fragment: fragment ?? null };
}

type Server = Pick<UrlParts, 'userInfo' | 'host'>;

/** What is no name of a host may still be a name of some other registry. */
function serverOf(authority: string): Server | undefined {
  const [, userInfo, host, port] = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(authority) ?? [];
  if (host !== undefined && userCharacters.test(userInfo ?? '') && isHost(host) && Number(port ?? 0) <= 0x7fffffff) {
    return { userInfo: userInfo ?? null, host };
  }
  return registryCharacters.test(authority) ? { userInfo: null, host: null } : undefined;
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return /^\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%[A-Za-z0-9_.%-]+)?\]$/.test(host);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return host.split('.').every((part) => Number(part) <= 255);
  return /^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)*[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?|[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)\.?$/.test(
    host,
  );
}

/** As forms are encoded: a space is `+`, letters, digits and `.-*_` stay, all else is `%XX` a byte. */
export const encodeUrl = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The way back; undefined if a `%` does not begin two hexadecimal digits. */
export function decodeUrl(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  return text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9A-Fa-f]{2})+/g, (escapes) => decoder.decode(Buffer.from(escapes.replaceAll('%', ''), 'hex')));
}
