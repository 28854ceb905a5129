import type { WebSocket } from 'ws';

export interface OutboxOptions {
  /** Bytes that wait for the client at most; one message that is larger goes alone. */
  readonly limit: number;
  /** How long the client may take nothing while a message waits for room, ms. */
  readonly patience: number;
  /** How many messages may wait for room, of all subscriptions and answers. */
  readonly waiting: number;
  /** The client takes less than it asks for. */
  readonly onSlow: () => void;
}

/** What is sent to one client: messages wait for room, and so do those who make them. */
export interface Outbox {
  /** Resolves once the message is handed over, or dropped because there is nobody any more. */
  send(message: string): Promise<void>;
  /** Drops what waits. */
  end(): void;
}

export function createOutbox(socket: WebSocket, { limit, patience, waiting, onSlow }: OutboxOptions): Outbox {
  const waiters: (() => void)[] = [];
  let ended = false;
  let stalled: NodeJS.Timeout | undefined;

  const hasRoom = (bytes: number): boolean => socket.bufferedAmount === 0 || socket.bufferedAmount + bytes <= limit;
  const letIn = (): void => {
    clearTimeout(stalled);
    stalled = undefined;
    for (const waiter of waiters.splice(0)) waiter();
  };

  return {
    send: async (message) => {
      const bytes = Buffer.byteLength(message);
      while (!ended && socket.readyState === socket.OPEN && !hasRoom(bytes)) {
        if (waiters.length >= waiting) {
          onSlow();
          return;
        }
        stalled ??= setTimeout(onSlow, patience);
        await new Promise<void>((resolve) => waiters.push(resolve));
      }
      if (ended || socket.readyState !== socket.OPEN) return;
      // Called once the bytes are with the operating system, or never will be.
      socket.send(message, letIn);
    },
    end: () => {
      ended = true;
      letIn();
    },
  };
}
