/** A step of a JSON path: the name of a member, the position of an element, or all elements. */
export type Step =
  | { readonly kind: 'name'; readonly name: Uint8Array }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'elements' }
  /** All members. It is read, but as in Spark it finds nothing. */
  | { readonly kind: 'members' };

/**
 * Reads a path such as `$.a[0].b`, `$['a b'][*]`; undefined if it is none. The grammar is Spark's: no double quotes,
 * no escapes, no negative positions, and blanks are skipped before most of the names and quotes.
 */
export function parsePath(text: string): readonly Step[] | undefined {
  if (text[0] !== '$') return undefined;
  const steps: Step[] = [];
  step.lastIndex = 1;
  let end = 1;
  for (let match = step.exec(text); match !== null; match = step.exec(text)) {
    end = step.lastIndex;
    const { all, name, quoted, index } = match.groups!;
    if (all !== undefined) steps.push({ kind: 'members' });
    else if (name !== undefined) steps.push({ kind: 'name', name: Buffer.from(name) });
    else if (quoted !== undefined) steps.push({ kind: 'name', name: Buffer.from(quoted) });
    else if (index !== undefined) steps.push({ kind: 'index', index: Number(index) });
    else steps.push({ kind: 'elements' });
  }
  return text.slice(end).trim() === '' ? steps : undefined;
}

const step =
  /\s*(?<all>\.\*|\['\*'\])|\.\s*(?<name>[^.[\s][^.[]*)|\s*\['\s*(?<quoted>[^'\s][^']*)'\]|\[\s*(?<index>\d+)\]|\[\*\]/y;
