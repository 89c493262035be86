import { SluiceError, systemCode } from './index.js';

/**
 * MISSING_PACKAGE, of `error`, with which loading an optional package failed. `needs` begins the message: what needs it,
 * and the verb. `install` is the package with the version that is wanted, if not any will do.
 */
export function missingPackage(error: unknown, needs: string, name: string, install = name): SluiceError {
  const isMissing = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(systemCode(error) ?? '');
  const why = isMissing ? 'which is not installed' : 'which cannot be loaded';
  const message = `${needs} the package ${name}, ${why}. Install it: npm install ${install}`;
  return new SluiceError('MISSING_PACKAGE', message, { cause: error, details: { package: name } });
}
