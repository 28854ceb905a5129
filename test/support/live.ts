import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import WebSocket from 'ws';
import type { Claims, TestServer } from './server.js';

interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A client that speaks graphql-transport-ws word by word. */
export interface RawClient {
  readonly socket: WebSocket;
  send(message: object | string): void;
  /** The next message that was not taken yet. */
  next(): Promise<Message>;
  /** Subscribes, and resolves once the server follows for it. */
  subscribe(id: string, query: string, variables?: Record<string, unknown>): Promise<void>;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

export async function connect(server: TestServer, protocol = 'graphql-transport-ws'): Promise<RawClient> {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, protocol);
  const messages: Message[] = [];
  const waiting: ((message: Message) => void)[] = [];
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString()) as Message;
    const next = waiting.shift();
    if (next === undefined) messages.push(message);
    else next(message);
  });
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('error', () => undefined);
  const send = (message: object | string): void => {
    socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  };
  return {
    socket,
    send,
    closed,
    next: () => {
      const message = messages.shift();
      return message === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(message);
    },
    subscribe: async (id, query, variables = {}) => {
      const before = server.live().followers;
      send({ id, type: 'subscribe', payload: { query, variables } });
      await until(() => server.live().followers > before);
    },
  };
}

/** As {@link connect}, and says who it is. */
export async function connectAs(server: TestServer, claims: Claims = {}): Promise<RawClient> {
  const client = await connect(server);
  client.send({ type: 'connection_init', payload: { authorization: `Bearer ${server.token(claims)}` } });
  const acknowledged = await client.next();
  if (acknowledged.type !== 'connection_ack') throw new Error(`The server says ${acknowledged.type}`);
  return client;
}

/** Resolves once something holds that the server does by itself. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

export interface Stream {
  readonly status: number;
  readonly headers: Headers;
  next(): Promise<EventSourceMessage | undefined>;
  /** Leaves as a client whose connection breaks. */
  leave(): void;
}

/** A client of server-sent events. */
export async function openStream(
  server: TestServer,
  path: string,
  { claims, headers = {} }: { readonly claims?: Claims; readonly headers?: Record<string, string> } = {},
): Promise<Stream> {
  const leave = new AbortController();
  const response = await fetch(server.url + path, {
    headers: { accept: 'text/event-stream', authorization: `Bearer ${server.token(claims)}`, ...headers },
    signal: leave.signal,
  });
  const events = response
    .body!.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  return {
    status: response.status,
    headers: response.headers,
    next: async () => (await events.read()).value,
    leave: () => leave.abort(),
  };
}
