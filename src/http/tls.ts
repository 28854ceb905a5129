/** The server's own TLS: its certificate and key are files, read at the start and again whenever that is asked for. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { createSecureContext, type SecureContextOptions, Server as TlsServer } from 'node:tls';

/** Paths of PEM files. */
export interface TlsFiles {
  /** The certificate, and behind it those of its issuers, except the root. */
  readonly cert: string;
  /** The private key of the certificate, without a passphrase. */
  readonly key: string;
}

/** The files cannot be used. The message is one sentence that names the setting of the file. */
export class TlsFileError extends Error {
  override readonly name = 'TlsFileError';
}

const CERT = 'FEEDBACK_TLS_CERT';
const KEY = 'FEEDBACK_TLS_KEY';

/** How long a client may take to agree on TLS, ms. It has had no chance to ask for anything until then. */
const HANDSHAKE_WITHIN = 10_000;

/** @throws {TlsFileError} */
export async function readTlsFiles(files: TlsFiles): Promise<SecureContextOptions> {
  const [cert, key] = await Promise.all([readPem(CERT, files.cert), readPem(KEY, files.key)]);
  const certificate = parse(() => new X509Certificate(cert), `${CERT} must be a PEM file with a certificate`);
  const privateKey: KeyObject = parse(
    () => createPrivateKey(key),
    `${KEY} must be a PEM file with a private key without a passphrase`,
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new TlsFileError(`${KEY} must be the private key of the certificate in ${CERT}, and is another`);
  }
  const context = { cert, key };
  parse(() => createSecureContext(context), `The certificate in ${CERT} and its key cannot be used for TLS`);
  return context;
}

async function readPem(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new TlsFileError(`${setting} must be the path of a PEM file, and '${path}' cannot be read`, { cause });
  }
}

function parse<T>(work: () => T, problem: string): T {
  try {
    return work();
  } catch (cause) {
    throw new TlsFileError(problem, { cause });
  }
}

export interface TlsServerOptions {
  readonly context: SecureContextOptions;
  /** Bytes. */
  readonly maxHeaderSize: number;
  /** Ms. */
  readonly requestTimeout: number;
  /** Ms. */
  readonly keepAliveTimeout: number;
}

export function createTlsServer(listener: RequestListener, { context, ...options }: TlsServerOptions): Server {
  return createServer({ ...context, ...options, handshakeTimeout: HANDSHAKE_WITHIN }, listener);
}

/** Connections from now on get the new certificate; those that are open keep theirs. */
export function replaceCertificate(server: Server, context: SecureContextOptions): void {
  if (server instanceof TlsServer) server.setSecureContext(context);
}

/** Answers what ends the connections that have not agreed on TLS by then, of which a server without TLS has none. */
export function createHandshakeEnder(server: Server): () => void {
  if (!(server instanceof TlsServer)) return () => undefined;
  /** By their far ends: nothing public leads from a socket with TLS to the one below it. */
  const inHandshake = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const far = farEnd(socket);
    inHandshake.set(far, socket);
    socket.once('close', () => {
      if (inHandshake.get(far) === socket) inHandshake.delete(far);
    });
  });
  server.on('secureConnection', (socket: Socket) => inHandshake.delete(farEnd(socket)));
  return () => {
    for (const socket of inHandshake.values()) socket.destroy();
  };
}

function farEnd({ remoteAddress = '', remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** The event of a server's connections with the socket that carries HTTP; it may come more than once for one. */
export function connectionEvent(server: Server): 'connection' | 'secureConnection' {
  return server instanceof TlsServer ? 'secureConnection' : 'connection';
}

/**
 * Calls back once for each connection.
 * @param event with which socket: that which carries HTTP, or with `connection` that of TCP, before any TLS
 */
export function onConnection(
  server: Server,
  opened: (socket: Socket) => void,
  event: ReturnType<typeof connectionEvent> = connectionEvent(server),
): void {
  const known = new WeakSet<Socket>();
  server.on(event, (socket: Socket) => {
    // One that offers another protocol comes again with each of its requests.
    if (known.has(socket)) return;
    known.add(socket);
    opened(socket);
  });
}
