import fc from 'fast-check';
import { messageTable } from '../../../connectors/websocket/rows.js';

const values = (datas: readonly Uint8Array[], messages: 'text' | 'binary'): unknown[] => {
  const list = datas.map((data) => ({ data: Buffer.from(data), at: 5 }));
  const column = messageTable(list, { messages, includeTimestamp: false }).column('value');
  return list.map((_, i) => column.get(i));
};

describe('messages as rows', () => {
  it('are the texts, whatever their bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc.string({ unit: 'grapheme' }).map((text) => new Uint8Array(Buffer.from(text))),
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 5 }), (datas) => {
        expect(values(datas, 'text')).toEqual(datas.map((data) => Buffer.from(data).toString('utf8')));
        expect(values(datas, 'binary').map((value) => [...(value as Uint8Array)])).toEqual(
          datas.map((data) => [...data]),
        );
      }),
    );
  });

  it('are not joined where two halves make a character', () => {
    const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
    expect(values([first, second], 'text')).toEqual(['\ufffd', '\ufffd']);
  });
});
