import { SluiceError } from '../../../../lib/errors/index.js';
import { codecOf, decompress, files } from './support.js';

jest.mock('fzstd', () => {
  throw Object.assign(new Error("Cannot find module 'fzstd'"), { code: 'MODULE_NOT_FOUND' });
});

it('says which package reads zstd', async () => {
  const [, extension, base64] = files.find(([what]) => what === 'zstd')!;
  const bytes = Buffer.from(base64, 'base64');
  const read = decompress(codecOf(extension, bytes), bytes);
  const error: unknown = await read.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(SluiceError);
  expect((error as SluiceError).code).toBe('MISSING_PACKAGE');
  expect((error as SluiceError).message).toContain('npm install fzstd');
});
