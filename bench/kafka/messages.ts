/** Small JSON documents, by 1,000 users in turn, which are the keys. */
export const partitions = 4;
export const users = 1000;
export const documentDdl = 'id LONG, sent LONG, user STRING, amount DOUBLE, pad STRING';

/** Of so many bytes. `sent` is in microseconds since the epoch. */
export function document(id: number, bytes: number, sent = 1_700_000_000_000_000): string {
  const amount = ((id * 7919) % 20_000) / 100;
  const head = `{"id":${id},"sent":${sent},"user":"${userOf(id)}","amount":${amount.toFixed(2)},"pad":"`;
  return `${head.padEnd(bytes - 2, 'x')}"}`;
}

export const userOf = (id: number): string => `user-${id % users}`;

export const microsNow = (): number => Math.round((performance.timeOrigin + performance.now()) * 1000);

/** The first two numbers of a document, also of one in capitals. */
export function idAndSent(value: Buffer): [id: number, sent: number] {
  const first = value.indexOf(0x3a);
  const id = digitsFrom(value, first + 1);
  return [id, digitsFrom(value, value.indexOf(0x3a, first + 1) + 1)];
}

function digitsFrom(bytes: Buffer, from: number): number {
  let out = 0;
  for (let i = from, digit; (digit = bytes[i]! - 0x30) >= 0 && digit <= 9; i++) out = out * 10 + digit;
  return out;
}

/** What a reader has read, and how fast from its first batch on. */
export class Seen {
  messages = 0;
  private bytes = 0;
  private first = 0;
  private began = 0;
  private last = 0;

  add(messages: number, bytes: number): void {
    this.last = performance.now();
    if (this.messages === 0) [this.first, this.began] = [messages, this.last];
    this.messages += messages;
    this.bytes += bytes;
  }

  /** For all messages, at the rate of those after the first batch. */
  get seconds(): number {
    return ((this.last - this.began) / 1000) * (this.messages / (this.messages - this.first));
  }

  /** A fast reader that reads nothing is no reader. */
  assert(messages: number): void {
    if (this.messages === messages && this.bytes > messages) return;
    throw new Error(`read ${this.messages} messages of ${this.bytes} bytes instead of ${messages}`);
  }
}
