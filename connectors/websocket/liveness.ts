import type { WebSocket } from 'ws';

/**
 * Asks the other side now and then whether it lives, and leaves one that has not answered by the next time. One that
 * is paused is not read, so that its answer could not be heard. Returns what ends it.
 */
export function keepAlive(socket: WebSocket, interval: number, dead: () => void): () => void {
  let answered = true;
  const timer = setInterval(() => {
    if (socket.isPaused) {
      answered = true;
    } else if (answered) {
      answered = false;
      socket.ping();
    } else {
      dead();
      socket.terminate();
    }
  }, interval);
  timer.unref();
  socket.on('pong', () => (answered = true));
  socket.on('message', () => (answered = true));
  socket.on('close', () => clearInterval(timer));
  return () => clearInterval(timer);
}
