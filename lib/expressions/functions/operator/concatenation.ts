import type { MacroDef } from '../define.js';
import { any } from '../params.js';
import { call } from '../../tree.js';

/** `a || b` */
export const concatenation: MacroDef = {
  name: '||',
  group: 'operator',
  usage: 'a || b',
  summary: 'Two texts, binaries or arrays one after the other; as `concat(a, b)`.',
  examples: [["'a' || 'b'", 'ab']],
  params: [any('a'), any('b')],
  rewrite: (args) => call('concat', args),
};
