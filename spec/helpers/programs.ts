import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of these programs that this machine has. */
export function programOf(...names: readonly string[]): string | undefined {
  const places = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => places.map((place) => join(place, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `it` where the machine has what the test needs; says loudly what it does not have. */
export function itWith(what: string, program: string | undefined): jest.It {
  if (program !== undefined) return it;
  console.warn(`NOT TESTED: this machine has no ${what}.`);
  return it.skip;
}
