import { createRequire } from 'node:module';
import { SluiceError, systemCode } from '../../../lib/errors/index.js';

/** The package that `engine` names, which is loaded when it is asked for. Throws MISSING_PACKAGE. */
export function enginePackage(name: string): unknown {
  try {
    return createRequire(import.meta.url)(name);
  } catch (error) {
    const why = systemCode(error) === 'MODULE_NOT_FOUND' ? 'which is not installed' : 'which cannot be loaded';
    const message = `engine: '${name}' needs the package ${name}, ${why}. Install it: npm install ${name}`;
    throw new SluiceError('MISSING_PACKAGE', message, { cause: error, details: { package: name } });
  }
}
