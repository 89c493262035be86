import { parseUrl } from '../../../lib/text/index.js';

// Scheme, authority, user, host, path, query and fragment as `java.net.URI` finds them.
it.each<readonly [string, string | undefined]>([
  ['http://spark.apache.org/path?query=1', 'http spark.apache.org null spark.apache.org /path query=1 null'],
  ['http://a b', undefined],
  ['https://u:p@h.com:80/x/y?a=1&b=2#f', 'https u:p@h.com:80 u:p h.com /x/y a=1&b=2 f'],
  ['mailto:a@b', 'mailto null null null null null null'],
  ['a', 'null null null null a null null'],
  ['', 'null null null null  null null'],
  ['/p?q', 'null null null null /p q null'],
  ['?q', 'null null null null  q null'],
  ['#f', 'null null null null  null f'],
  ['//h/p', 'null h null h /p null null'],
  ['//', undefined],
  ['http://', undefined],
  ['http:///p', 'http null null null /p null null'],
  ['http:', undefined],
  ['file:///x', 'file null null null /x null null'],
  ['http://h_x/p', 'http h_x null null /p null null'],
  ['http://1.2.3.4/', 'http 1.2.3.4 null 1.2.3.4 / null null'],
  ['http://1.2.3/', 'http 1.2.3 null null / null null'],
  ['http://256.1.1.1/', 'http 256.1.1.1 null null / null null'],
  ['http://1a.b', 'http 1a.b null 1a.b  null null'],
  ['http://h:/', 'http h: null h / null null'],
  ['http://h:x/', 'http h:x null null / null null'],
  ['http://[::1]:8/p', 'http [::1]:8 null [::1] /p null null'],
  ['http://[zz]/', undefined],
  ['1a:b', undefined],
  ['a+b:c', 'a+b null null null null null null'],
  [':x', undefined],
  ['http://h/%zz', undefined],
  ['http://h/[x]', undefined],
  ['http://h/?[x]', 'http h null h / [x] null'],
  ['http://é/é?é#é', 'http é null null /é é é'],
  ['http://h/p#a#b', undefined],
  ['http://-a.b', 'http -a.b null null  null null'],
  ['http://a.b./', 'http a.b. null a.b. / null null'],
  ['a/b:c', 'null null null null a/b:c null null'],
  ['http://u@/p', 'http u@ null null /p null null'],
  ['http://h|x', undefined],
  ['http://h/{x}', undefined],
  ['http://h/\\', undefined],
  ['http://h:80:80/', 'http h:80:80 null null / null null'],
  ['http://user@host@x/', 'http user@host@x null null / null null'],
])('%j', (url, expected) => {
  const parts = parseUrl(url);
  const { scheme, authority, userInfo, host, path, query, fragment } = parts ?? {};
  const shown = [scheme, authority, userInfo, host, path, query, fragment].map(String).join(' ');
  expect(parts && shown).toBe(expected);
});
