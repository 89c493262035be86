import { conditionOf, valueOf } from '../../constants.js';

const url = "'http://u:p@h.com:80/p/a?q=1&r=%20#f'";

it.each([
  [`parse_url(${url}, 'HOST')`, 'h.com'],
  [`parse_url(${url}, 'PATH')`, '/p/a'],
  [`parse_url(${url}, 'QUERY')`, 'q=1&r=%20'],
  [`parse_url(${url}, 'REF')`, 'f'],
  [`parse_url(${url}, 'PROTOCOL')`, 'http'],
  [`parse_url(${url}, 'FILE')`, '/p/a?q=1&r=%20'],
  [`parse_url(${url}, 'AUTHORITY')`, 'u:p@h.com:80'],
  [`parse_url(${url}, 'USERINFO')`, 'u:p'],
  [`parse_url(${url}, 'host')`, null],
  [`parse_url(${url}, 'QUERY', 'r')`, '%20'],
  [`parse_url(${url}, 'QUERY', 'x')`, null],
  [`parse_url(${url}, 'HOST', 'q')`, null],
  ["parse_url('mailto:a@b', 'PATH')", null],
  ["parse_url('http://h', 'PATH')", ''],
  ["try_parse_url('http://a b', 'HOST')", null],
  ["url_encode('a b&c=é~*')", 'a+b%26c%3D%C3%A9%7E*'],
  ["url_decode('a+b%26%C3%A9')", 'a b&é'],
  ["try_url_decode('%e')", null],
])('%s', (sql, value) => {
  expect(valueOf(sql)).toBe(value);
});

it('refuses what is no URL, but not without ANSI', () => {
  expect(conditionOf("parse_url('http://a b', 'HOST')")).toBe('INVALID_URL');
  expect(valueOf("parse_url('http://a b', 'HOST')", { ansi: false })).toBeNull();
  expect(conditionOf("url_decode('%e')")).toBe('CANNOT_DECODE_URL');
});
