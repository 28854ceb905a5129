import type { Socket } from 'node:net';

/**
 * Calls back when a connection ends, or soon if it has ended; answers what forgets the callback. There is one listener on each
 * socket, however many answers wait on it: Node.js warns of more than ten.
 */
export function createCloseListeners(): (socket: Socket, closed: () => void) => () => void {
  const listeners = new WeakMap<Socket, Set<() => void>>();
  const listenersOf = (socket: Socket): Set<() => void> => {
    const known = listeners.get(socket);
    if (known !== undefined) return known;
    const added = new Set<() => void>();
    listeners.set(socket, added);
    socket.once('close', () => {
      for (const listener of added) listener();
    });
    return added;
  };
  return (socket, closed) => {
    if (socket.destroyed) {
      setImmediate(closed);
      return () => undefined;
    }
    const all = listenersOf(socket);
    all.add(closed);
    return () => all.delete(closed);
  };
}
