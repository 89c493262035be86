import { canEncodeZstd } from '../../../../connectors/file/compression/zstd.js';
import { SluiceError } from '../../../../lib/errors/index.js';
import { codecOf, decompress, files } from './support.js';

jest.mock('fzstd', () => {
  throw Object.assign(new Error("Cannot find module 'fzstd'"), { code: 'MODULE_NOT_FOUND' });
});

// A Node that can write zstd can read it, too, and needs no package.
(canEncodeZstd ? it.skip : it)('says which package reads zstd where Node does not', async () => {
  const [, extension, base64] = files.find(([what]) => what === 'zstd')!;
  const bytes = Buffer.from(base64, 'base64');
  const error: unknown = await decompress(codecOf(extension, bytes), bytes).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(SluiceError);
  expect((error as SluiceError).code).toBe('MISSING_PACKAGE');
  expect((error as SluiceError).message).toContain('npm install fzstd');
});
