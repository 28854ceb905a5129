/** A proxy between a client and PostgreSQL that fails on demand, as networks do. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createCommitFinder, createMessageSplitter, isCommitAnswer, isEncryptionRequest } from './wire.js';

/**
 * What becomes of a COMMIT: the connection ends before the server has it; or after the server has carried it out, without
 * the answer; or no answer ever comes and the connection stays.
 */
export type CommitFate = 'forwarded' | 'lost' | 'unanswered' | 'answer lost';

export interface PostgresProxy {
  readonly port: number;
  /** Turns a URL of the server into one that goes through here. */
  through(url: string): string;
  connections(): number;
  /** Ends all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Accepts connections and keeps those that there are, but forwards nothing; it is all delivered after `repair`. */
  blackhole(): void;
  /** Delivers everything later, in both directions; 0 for no delay. */
  delay(milliseconds: number): void;
  /** Ends what `cut`, `blackhole` and `delay` began. */
  repair(): Promise<void>;
  /** Ends the connections that there are. */
  disconnect(): void;
  /** Decides on each COMMIT that a client sends. */
  onCommit(decide: () => CommitFate): void;
  /** Decides on the next COMMIT alone. Resolves when it comes. */
  nextCommit(fate: CommitFate): Promise<void>;
  stop(): Promise<void>;
}

interface ProxyState {
  delay: number;
  blackhole: boolean;
  decideCommit: () => CommitFate;
}

interface ProxiedConnection {
  destroy(): void;
  /** Takes notice of what has changed in the state. */
  update(): void;
}

export async function startProxy(target: { readonly host: string; readonly port: number }): Promise<PostgresProxy> {
  const forwardAll = (): CommitFate => 'forwarded';
  const state: ProxyState = { delay: 0, blackhole: false, decideCommit: forwardAll };
  const connections = new Set<ProxiedConnection>();
  const listen = async (port: number): Promise<Server> => {
    const listening = createServer({ noDelay: true }, (client) => {
      const connection = forward(client, target, state, () => connections.delete(connection));
      connections.add(connection);
    });
    await once(listening.listen(port, '127.0.0.1'), 'listening');
    return listening;
  };
  const update = (): void => connections.forEach((connection) => connection.update());
  const disconnect = (): void => connections.forEach((connection) => connection.destroy());

  let server: Server | undefined = await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy has no port');
  const { port } = address;
  const cut = async (): Promise<void> => {
    const listening = server;
    server = undefined;
    const closed = listening && new Promise((resolve) => listening.close(resolve));
    disconnect();
    await closed;
  };
  return {
    port,
    through: (url) => {
      const changed = new URL(url);
      changed.host = `127.0.0.1:${port}`;
      return changed.href;
    },
    connections: () => connections.size,
    cut,
    blackhole: () => {
      state.blackhole = true;
      update();
    },
    delay: (milliseconds) => {
      state.delay = milliseconds;
    },
    repair: async () => {
      state.blackhole = false;
      state.delay = 0;
      update();
      server ??= await listen(port);
    },
    disconnect,
    onCommit: (decide) => {
      state.decideCommit = decide;
    },
    nextCommit: (fate) =>
      new Promise((resolve) => {
        state.decideCommit = () => {
          state.decideCommit = forwardAll;
          resolve();
          return fate;
        };
      }),
    stop: cut,
  };
}

/** Forwards one connection until either end closes. */
function forward(
  client: Socket,
  target: { readonly host: string; readonly port: number },
  state: ProxyState,
  onEnd: () => void,
): ProxiedConnection {
  const server = connect({ ...target, noDelay: true });
  const toServer = createDelayedWriter(server, state);
  const toClient = createDelayedWriter(client, state);
  const splitClient = createMessageSplitter(true);
  const splitServer = createMessageSplitter(false);
  const commits = createCommitFinder();
  /** How often the server will have said that it is ready: once after startup, once for each Query and Sync. */
  let readyExpected = 1;
  let readySeen = 0;
  /** The COMMIT whose answer is not to be forwarded, by how often the server is ready before. */
  let withheld: { readonly after: number; readonly fate: CommitFate } | undefined;
  let silent = false;

  const destroy = (): void => {
    client.destroy();
    server.destroy();
    onEnd();
  };
  /** Ends the client's side at once; the server still gets what was written, and then sees the end, too. */
  const abandon = (): void => {
    silent = true;
    client.destroy();
    server.end();
    onEnd();
  };
  const update = (): void => {
    for (const socket of [client, server]) {
      if (state.blackhole) socket.pause();
      else socket.resume();
    }
  };

  client.on('data', (chunk: Buffer) => {
    for (const message of splitClient(chunk)) {
      if (silent) return;
      if (message.type === '' && isEncryptionRequest(message.bytes)) {
        // What is encrypted cannot be looked into.
        toClient.write(Buffer.from('N'));
        continue;
      }
      const fate = commits(message) ? state.decideCommit() : 'forwarded';
      if (fate === 'lost') {
        abandon();
        return;
      }
      if (fate !== 'forwarded') withheld = { after: readyExpected, fate };
      if (message.type === 'Q' || message.type === 'S') readyExpected += 1;
      toServer.write(message.bytes);
    }
  });
  server.on('data', (chunk: Buffer) => {
    for (const message of splitServer(chunk)) {
      if (silent) return;
      const isFailedCommit = message.type === 'E' && readySeen === withheld?.after;
      if (withheld !== undefined && (isFailedCommit || isCommitAnswer(message))) {
        if (withheld.fate === 'unanswered') silent = true;
        else abandon();
        return;
      }
      if (message.type === 'Z') readySeen += 1;
      toClient.write(message.bytes);
    }
  });
  client.on('end', () => toServer.end());
  server.on('end', () => toClient.end());
  for (const socket of [client, server]) {
    socket.on('error', destroy);
    socket.on('close', () => {
      if (client.destroyed && server.destroyed) onEnd();
    });
  }
  update();
  return { destroy, update };
}

/** Writes to a socket in order, each write as much later as the state says at that moment. */
function createDelayedWriter(socket: Socket, state: ProxyState): { write(bytes: Buffer): void; end(): void } {
  const waiting: (() => void)[] = [];
  let lastDue = 0;
  const later = (deliver: () => void): void => {
    if (state.delay === 0 && waiting.length === 0) {
      deliver();
      return;
    }
    waiting.push(deliver);
    const now = performance.now();
    lastDue = Math.max(lastDue, now + state.delay);
    // Timers of the same millisecond may fire in any order, so each delivers what waits longest.
    setTimeout(() => waiting.shift()?.(), lastDue - now);
  };
  return {
    write: (bytes) =>
      later(() => {
        if (socket.writable) socket.write(bytes);
      }),
    end: () =>
      later(() => {
        if (socket.writable) socket.end();
      }),
  };
}
