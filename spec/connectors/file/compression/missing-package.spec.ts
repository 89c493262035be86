import { canEncodeZstd } from '../../../../connectors/file/compression/zstd.js';
import { SluiceError } from '../../../../lib/errors/index.js';
import { codecOf, decompress, files } from './support.js';

jest.mock('fzstd', () => {
  throw Object.assign(new Error("Cannot find module 'fzstd'"), { code: 'MODULE_NOT_FOUND' });
});

it('zstd is read by Node where it can, else an error says which package does', async () => {
  const [, extension, base64] = files.find(([what]) => what === 'zstd')!;
  const bytes = Buffer.from(base64, 'base64');
  const read = decompress(codecOf(extension, bytes), bytes);
  if (canEncodeZstd) {
    expect((await read).length).toBeGreaterThan(0);
    return;
  }
  const error: unknown = await read.catch((e: unknown) => e);
  expect(error).toBeInstanceOf(SluiceError);
  expect((error as SluiceError).code).toBe('MISSING_PACKAGE');
  expect((error as SluiceError).message).toContain('npm install fzstd');
});
