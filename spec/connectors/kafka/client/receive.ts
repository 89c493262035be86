import type { Inbox } from '../../../../connectors/kafka/client/inbox.js';

/** Lets an inbox receive bytes as from a socket, at most so many at a time. */
export function receive(inbox: Inbox, bytes: Buffer, most = Infinity): void {
  for (let at = 0; at < bytes.length;) {
    const { room } = inbox;
    const count = bytes.copy(room, 0, at, Math.min(bytes.length, at + most));
    inbox.received(count, room);
    at += count;
  }
}
