import fc from 'fast-check';
import { encodingIn, encodingOf } from '../../../../lib/formats/scan/encoding.js';

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex');
const written = (name: string, text: string): string => hex(encodingOf(name)!.encode!(text));
const read = (name: string, bytes: string): string => encodingOf(name)!.decode(Buffer.from(bytes, 'hex')).toString();

describe('encodings', () => {
  it('are written as Java does', () => {
    expect(written('UTF-16LE', 'aé')).toBe('6100e900');
    expect(written('UTF-16BE', 'aé')).toBe('006100e9');
    expect(written('UTF-16', 'a')).toBe('0061');
    expect(hex(encodingOf('utf-16')!.mark)).toBe('feff');
    expect(written('UTF-32', '😀')).toBe('0001f600');
    expect(written('UTF-32LE', '😀')).toBe('00f60100');
    expect(written('ISO-8859-1', 'é€😀')).toBe('e93f3f');
    expect(written('US-ASCII', 'aé')).toBe('613f');
    expect(written('windows-1252', 'é€語')).toBe('e9803f');
  });

  it('are read, with U+FFFD for what is no character and without a mark', () => {
    expect(read('utf8', 'efbbbf61ff')).toBe('a�');
    expect(read('UTF-16', 'fffe6100')).toBe('a');
    expect(read('UTF-16', 'feff0061')).toBe('a');
    expect(read('UTF-16', '0061')).toBe('a');
    expect(read('UTF-16LE', '00d86100')).toBe('�a');
    expect(read('UTF-32', '0000feff0001f600')).toBe('😀');
    expect(read('UTF-32LE', 'fffe0000610000000000110061')).toBe('a��');
    expect(read('US-ASCII', '61e9')).toBe('a�');
    expect(read('ISO-8859-1', '80e9')).toBe('\x80é');
    expect(read('windows-1252', '80e9')).toBe('€é');
    expect(read('Shift_JIS', '8cea')).toBe('語');
  });

  it('are known by name in any case; some can only be read', () => {
    expect(encodingOf('nonsense')).toBeUndefined();
    expect(encodingOf('utf8')!.name).toBe('UTF-8');
    expect(encodingOf('GBK')!.encode).toBeUndefined();
  });

  it('give themselves away in the first bytes of a JSON document', () => {
    const first = (bytes: string): string | undefined => encodingIn(Buffer.from(bytes, 'hex'))?.name;
    expect(first('7b22')).toBeUndefined();
    expect(first('efbbbf7b')).toBeUndefined();
    expect(first('35')).toBeUndefined();
    expect(first('7b002200')).toBe('UTF-16LE');
    expect(first('fffe7b00')).toBe('UTF-16LE');
    expect(first('007b0022')).toBe('UTF-16BE');
    expect(first('feff007b')).toBe('UTF-16BE');
    expect(first('0000007b')).toBe('UTF-32BE');
    expect(first('0000feff')).toBe('UTF-32BE');
    expect(first('7b000000')).toBe('UTF-32LE');
    expect(first('fffe0000')).toBe('UTF-32LE');
  });

  it('give back what was written', () => {
    const name = fc.constantFrom('UTF-8', 'UTF-16', 'UTF-16LE', 'UTF-16BE', 'UTF-32', 'UTF-32LE', 'UTF-32BE');
    fc.assert(
      fc.property(name, fc.string({ unit: 'binary' }), (encoding, text) => {
        const { encode, decode } = encodingOf(encoding)!;
        expect(decode(encode!(`x${text}`)).toString()).toBe(`x${text}`);
      }),
    );
  });
});
