import { createRequire } from 'node:module';
import { missingPackage } from '../../../lib/errors/missing-package.js';

/** The package that `engine` names, which is loaded when it is asked for. Throws MISSING_PACKAGE. */
export function enginePackage(name: string): unknown {
  try {
    return createRequire(import.meta.url)(name);
  } catch (error) {
    throw missingPackage(error, `engine: '${name}' needs`, name);
  }
}
