import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  connectPostgres,
  type ConnectOptions,
  type PostgresConnection,
  PostgresConnectionError,
} from '../../../src/store/engine/postgres/connection.js';
import { describePostgresFailure } from '../../../src/store/engine/postgres/failures.js';
import { type PostgresLocation, readPostgresLocation } from '../../../src/store/engine/postgres/location.js';
import { startProxy } from '../../support/postgres/proxy.js';
import { own, PASSWORD, type PostgresServer, startPostgres } from '../../support/postgres/server.js';
import { type StandbyServer, startStandby } from '../../support/postgres/standby.js';

const CERTIFICATES = 'test/fixtures/tls';
const FIRST = join(CERTIFICATES, 'first.cert.pem');
const SECOND = join(CERTIFICATES, 'second.cert.pem');
const ELSEWHERE = join(CERTIFICATES, 'elsewhere.cert.pem');

/** Databases that ask for more than a password, or for less. */
const ACCESS_RULES = `
hostnossl only_tls all all reject
hostssl no_tls all all reject
host forbidden all all reject
host trusting all all trust
host cleartext all all password
`;

describe('a connection to PostgreSQL', () => {
  let server: PostgresServer;
  let standby: StandbyServer;
  const open: (() => unknown)[] = [];

  beforeAll(async () => {
    server = await startPostgres({
      fsync: false,
      settings: { ssl: 'on' },
      prepare: (dataDirectory) => {
        for (const [file, name] of [
          [FIRST, 'server.crt'],
          [join(CERTIFICATES, 'first.key.pem'), 'server.key'],
        ] as const) {
          const copy = join(dataDirectory, name);
          writeFileSync(copy, readFileSync(file), { mode: 0o600 });
          own(copy);
        }
        const rules = join(dataDirectory, 'pg_hba.conf');
        writeFileSync(rules, ACCESS_RULES + readFileSync(rules, 'utf8'));
      },
    });
    for (const database of ['only_tls', 'no_tls', 'forbidden', 'trusting', 'cleartext']) {
      await server.query(`CREATE DATABASE ${database}`);
    }
    await server.query(`CREATE USER crowd PASSWORD '${PASSWORD}' CONNECTION LIMIT 0`);
    standby = await startStandby(server, { fsync: false });
  });

  afterEach(async () => {
    for (const close of open.splice(0).reverse()) await close();
  });

  afterAll(async () => {
    await standby.stop();
    await server.stop();
  });

  const locate = (text: string): PostgresLocation => readPostgresLocation(text, {}, '/nonexistent');
  const at = (port: number, query = '', database = 'postgres', user = 'postgres', password = PASSWORD): string =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}${query}`;
  const connect = async (
    text: string | PostgresLocation,
    options: Partial<ConnectOptions> = {},
  ): Promise<PostgresConnection> => {
    const connection = await connectPostgres(typeof text === 'string' ? locate(text) : text, {
      role: 'test',
      ...options,
    });
    open.push(() => connection.client.end());
    return connection;
  };
  /** @returns the one line that says why there is no connection */
  const refusal = async (text: string | PostgresLocation, options: Partial<ConnectOptions> = {}): Promise<string> => {
    const error: unknown = await connect(text, options).then(
      () => 'connected',
      (reason: unknown) => reason,
    );
    if (!(error instanceof PostgresConnectionError)) throw error instanceof Error ? error : new Error(String(error));
    expect(error.message).toMatch(/^[^\n]+$/);
    expect(error.message).not.toMatch(/password-|wrong-secret/);
    return error.message;
  };
  const show = async ({ client }: PostgresConnection, name: string): Promise<unknown> =>
    (await client.query<{ value: string }>('SELECT current_setting($1) AS value', [name])).rows[0]?.value;
  const isEncrypted = async ({ client }: PostgresConnection): Promise<boolean | undefined> =>
    (await client.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')).rows[0]?.ssl;
  const listen = async (listening: Server): Promise<number> => {
    await once(listening.listen(0, '127.0.0.1'), 'listening');
    open.push(() => listening.close());
    return (listening.address() as AddressInfo).port;
  };
  /** The port of something that treats each connection as told. */
  const listenWith = (treat: (socket: Socket) => void): Promise<number> =>
    listen(createServer((socket) => treat(socket.on('error', () => undefined))));
  /** A port at which nothing listens. */
  const findClosedPort = async (): Promise<number> => {
    const listening = createServer();
    await once(listening.listen(0, '127.0.0.1'), 'listening');
    const { port } = listening.address() as AddressInfo;
    await new Promise((resolve) => listening.close(resolve));
    return port;
  };

  describe('that is made', () => {
    it('has the name, schema and timeouts that its use asks for', async () => {
      const connection = await connect(at(server.port, '?schema=Own'), {
        statementTimeout: 7000,
        lockTimeout: 600,
        idleInTransactionTimeout: 2000,
      });
      expect(await show(connection, 'application_name')).toBe('feedback-graph test');
      expect(await show(connection, 'search_path')).toBe('"Own"');
      expect(await show(connection, 'statement_timeout')).toBe('7s');
      expect(await show(connection, 'lock_timeout')).toBe('600ms');
      expect(await show(connection, 'idle_in_transaction_session_timeout')).toBe('2s');
      expect(connection).toMatchObject({ standby: false, address: { host: '127.0.0.1', port: server.port } });
      expect(connection.version).toMatch(/^PostgreSQL /);
    });

    it('plans each statement once where it is for the statements of the engine', async () => {
      const settings = ['plan_cache_mode', 'enable_seqscan', 'enable_bitmapscan', 'jit'];
      const engine = await connect(at(server.port), { pipeline: true });
      const shown = [];
      for (const setting of settings) shown.push(await show(engine, setting));
      expect(shown).toEqual(['force_generic_plan', 'off', 'off', 'off']);
      expect(await show(await connect(at(server.port)), 'plan_cache_mode')).toBe('auto');
    });

    it('does what its location says', async () => {
      const options = encodeURIComponent('-c work_mem=8MB');
      const query = `?application_name=ours&statement_timeout=9000&lock_timeout=0&options=${options}`;
      const connection = await connect(at(server.port, query), { statementTimeout: 7000, lockTimeout: 600 });
      expect(await show(connection, 'application_name')).toBe('ours');
      expect(await show(connection, 'statement_timeout')).toBe('9s');
      expect(await show(connection, 'lock_timeout')).toBe('0');
      expect(await show(connection, 'work_mem')).toBe('8MB');
    });

    it('sends statements without waiting for answers if asked to', async () => {
      const { client } = await connect(at(server.port), { pipeline: true });
      const answers = await Promise.all([1, 2, 3].map((n) => client.query<{ n: number }>('SELECT $1::int AS n', [n])));
      expect(answers.map(({ rows }) => rows[0]?.n)).toEqual([1, 2, 3]);
    });

    it('goes over a Unix socket', async () => {
      const host = encodeURIComponent(server.socketDirectory);
      const connection = await connect(
        `postgres://postgres:${PASSWORD}@${host}:${server.port}/postgres?sslmode=require`,
      );
      expect(await isEncrypted(connection)).toBe(false);
      expect(await refusal(`postgres://postgres:${PASSWORD}@${host}:1/postgres`)).toBe(
        `PostgreSQL at ${server.socketDirectory}/.s.PGSQL.1 has no such socket: start it, or correct the host and the port`,
      );
    });

    it('ends no process when it breaks, and tells its statements', async () => {
      const { client, place } = await connect(at(server.port));
      const waiting = client.query('SELECT pg_sleep(60)').catch((error: unknown) => error);
      const ended = new Promise<void>((resolve) => client.on('end', resolve));
      const [{ pid } = { pid: 0 }] = await server.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE application_name = 'feedback-graph test'`,
      );
      await server.query('SELECT pg_terminate_backend($1)', [pid]);
      expect(describePostgresFailure(await waiting, place)).toBe(
        `PostgreSQL at 127.0.0.1:${server.port} was shut down or restarted while in use: wait until it is up again`,
      );
      await ended;
    });
  });

  describe('to one of several hosts', () => {
    it('is made to the first that takes writes', async () => {
      const closed = await findClosedPort();
      const text = `postgres://postgres:${PASSWORD}@127.0.0.1:${closed},127.0.0.1:${standby.port},127.0.0.1:${server.port}/postgres`;
      expect((await connect(text)).address.port).toBe(server.port);
      expect((await connect(`${text}?target_session_attrs=any`)).address.port).toBe(server.port);
      expect((await connect(`${text}?target_session_attrs=primary`)).address.port).toBe(server.port);
    });

    it.each([
      ['', 'server'],
      ['?target_session_attrs=any', 'server'],
      ['?target_session_attrs=prefer-standby', 'standby'],
      ['?target_session_attrs=standby', 'standby'],
      ['?target_session_attrs=read-only', 'standby'],
      ['?target_session_attrs=read-write', 'server'],
    ])('is made to the one that the location prefers for reading: %s', async (query, expected) => {
      const text = `postgres://postgres:${PASSWORD}@127.0.0.1:${server.port},127.0.0.1:${standby.port}/postgres${query}`;
      const connection = await connect(text, { readOnly: true });
      expect(connection.address.port).toBe(expected === 'standby' ? standby.port : server.port);
      expect(connection.standby).toBe(expected === 'standby');
    });

    it('is made to any where the preferred kind is missing', async () => {
      const options = { readOnly: true };
      expect((await connect(at(server.port, '?target_session_attrs=prefer-standby'), options)).standby).toBe(false);
      expect(await refusal(at(server.port, '?target_session_attrs=standby'), options)).toBe(
        `PostgreSQL at 127.0.0.1:${server.port} is a primary, and target_session_attrs asks for a standby`,
      );
    });

    it('says of each why it will not do', async () => {
      const closed = await findClosedPort();
      expect(
        await refusal(`postgres://postgres:${PASSWORD}@127.0.0.1:${closed},127.0.0.1:${standby.port}/postgres`),
      ).toBe(
        `No host of the store will do: PostgreSQL at 127.0.0.1:${closed} refuses connections: start it, or correct the ` +
          `host and the port; PostgreSQL at 127.0.0.1:${standby.port} is a read-only standby: name the primary in the ` +
          'location of the store',
      );
    });

    it('asks no further host where one rejects the password', async () => {
      const closed = await findClosedPort();
      const text = `postgres://postgres:wrong-secret@127.0.0.1:${server.port},127.0.0.1:${closed}/postgres`;
      expect(await refusal(text)).toBe(
        `PostgreSQL at 127.0.0.1:${server.port} does not accept the password of user 'postgres': correct the password or the user`,
      );
    });
  });

  describe('that the network refuses', () => {
    it.each(['disable', 'prefer', 'require'])('says that nothing listens (sslmode=%s)', async (mode) => {
      const port = await findClosedPort();
      expect(await refusal(at(port, `?sslmode=${mode}`))).toBe(
        `PostgreSQL at 127.0.0.1:${port} refuses connections: start it, or correct the host and the port`,
      );
    });

    it('says that the host is not known', async () => {
      expect(await refusal(`postgres://u@no-such-host.invalid/d`)).toBe(
        'The host no-such-host.invalid of PostgreSQL is not known: correct its name, or check the name service',
      );
    });

    it('says that there was no answer in time', async () => {
      const proxy = await startProxy(server);
      open.push(() => proxy.stop());
      proxy.blackhole();
      for (const mode of ['disable', 'prefer']) {
        const location = { ...locate(at(proxy.port, `?sslmode=${mode}`)), connectTimeoutMilliseconds: 100 };
        expect(await refusal(location)).toBe(
          `PostgreSQL at 127.0.0.1:${proxy.port} did not answer within 0.1 s: check the host, the network and the firewalls on the way`,
        );
      }
    });

    it.each(['disable', 'prefer'])('says that the connection was ended (sslmode=%s)', async (mode) => {
      const port = await listenWith((socket) => socket.destroy());
      expect(await refusal(at(port, `?sslmode=${mode}`))).toBe(
        `PostgreSQL at 127.0.0.1:${port} ended the connection: see its log`,
      );
    });

    it('says what became of a plain connection where encryption is only preferred', async () => {
      const SSL_REQUEST_BYTES = 8;
      const port = await listenWith((socket) =>
        socket.once('data', ({ length }) => (length === SSL_REQUEST_BYTES ? socket.write('N') : socket.destroy())),
      );
      expect(await refusal(at(port, '?sslmode=prefer'))).toBe(
        `PostgreSQL at 127.0.0.1:${port} ended the connection: see its log`,
      );
    });

    it.each(['disable', 'prefer', 'require'])('says that this is not PostgreSQL (sslmode=%s)', async (mode) => {
      const ports = [
        await listen(createHttpServer()),
        await listenWith((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n')),
        await listenWith((socket) => socket.end('J\0\0\0\n8.0.36\0')),
        await listenWith((socket) => socket.once('data', () => socket.end('-ERR unknown command\r\n'))),
      ];
      for (const port of ports) {
        expect(await refusal(at(port, `?sslmode=${mode}`))).toBe(
          `What listens at 127.0.0.1:${port} is not PostgreSQL: correct the host and the port`,
        );
      }
    });
  });

  describe('that the server refuses', () => {
    const refused = (said: string): string => `PostgreSQL at 127.0.0.1:${server.port} ${said}`;

    it('names the wrong password, or that there is none', async () => {
      const line = refused("does not accept the password of user 'postgres': correct the password or the user");
      expect(await refusal(at(server.port, '', 'postgres', 'postgres', 'wrong-secret'))).toBe(line);
      expect(await refusal(at(server.port, '', 'cleartext', 'postgres', 'wrong-secret'))).toBe(line);
      expect(await refusal(`postgres://postgres@127.0.0.1:${server.port}/postgres`)).toBe(
        refused("asks for the password of user 'postgres', and none is set: set PGPASSWORD or a password file"),
      );
    });

    it('takes no password from the environment behind the back of the location', async () => {
      const before = process.env['PGPASSWORD'];
      process.env['PGPASSWORD'] = PASSWORD;
      try {
        expect(await refusal(`postgres://postgres@127.0.0.1:${server.port}/postgres`)).toContain('none is set');
      } finally {
        if (before === undefined) delete process.env['PGPASSWORD'];
        else process.env['PGPASSWORD'] = before;
      }
    });

    it('names the user that does not exist', async () => {
      expect(await refusal(at(server.port, '', 'trusting', 'stranger'))).toBe(
        refused("has no user 'stranger' who may log in: create it, or correct its name"),
      );
    });

    it('names pg_hba.conf', async () => {
      const line = refused(
        "does not let user 'postgres' into database 'forbidden' from here: add a line to its pg_hba.conf",
      );
      expect(await refusal(at(server.port, '?sslmode=require', 'forbidden'))).toBe(line);
      expect(await refusal(at(server.port, '?sslmode=disable', 'forbidden'))).toBe(
        `${line}, or set sslmode=require if it wants encryption`,
      );
    });

    it('names the database that does not exist', async () => {
      expect(await refusal(at(server.port, '', 'nowhere'))).toBe(
        refused("has no database 'nowhere': create it, or correct its name in the location of the store"),
      );
    });

    it('says that there are too many connections', async () => {
      expect(await refusal(at(server.port, '', 'postgres', 'crowd'))).toBe(
        refused('has no connection left: raise max_connections, or run fewer servers with it'),
      );
    });

    it('says that the server is read-only', async () => {
      expect(await refusal(at(standby.port))).toBe(
        `PostgreSQL at 127.0.0.1:${standby.port} is a read-only standby: name the primary in the location of the store`,
      );
      const options = encodeURIComponent('-c default_transaction_read_only=on');
      expect(await refusal(at(server.port, `?options=${options}`))).toBe(
        refused('takes no writes (default_transaction_read_only is on): turn that off, or name another server'),
      );
    });

    it('says that the server is shutting down', async () => {
      const closing = await startPostgres({ fsync: false });
      open.push(() => closing.stop());
      const { client } = await connect(closing.url('postgres'));
      // Waits for that client, and takes no other.
      process.kill(closing.postmaster(), 'SIGTERM');
      await expect
        .poll(() =>
          connect(closing.url('postgres')).then(
            () => '',
            (error: unknown) => (error as Error).message,
          ),
        )
        .toBe(`PostgreSQL at 127.0.0.1:${closing.port} is starting up or shutting down: wait until it is up`);
      await client.end();
    });

    it.each([
      ['53100', 'has no space left on its disk: make room'],
      ['53200', 'is out of memory: give it more, or lower its memory settings'],
      ['25006', 'is read-only, as a standby is: name the primary in the location of the store'],
      ['XX000', 'secret-free message'],
    ])('says what %s means', async (code, said) => {
      const { client, place } = await connect(at(server.port));
      const error: unknown = await client
        .query(`DO $$ BEGIN RAISE EXCEPTION E'secret-free\\nmessage' USING ERRCODE = '${code}'; END $$`)
        .catch((reason: unknown) => reason);
      expect(describePostgresFailure(error, place)).toMatch(
        new RegExp(`^PostgreSQL at 127\\.0\\.0\\.1:${server.port}:? ${said}$`),
      );
    });

    it('says which timeout ended a statement', async () => {
      const { client, place } = await connect(at(server.port), { statementTimeout: 20 });
      const error: unknown = await client.query('SELECT pg_sleep(60)').catch((reason: unknown) => reason);
      expect(describePostgresFailure(error, place)).toBe(
        refused('canceled a statement that took longer than statement_timeout: see what keeps it busy'),
      );
    });
  });

  describe('and TLS', () => {
    const encryption = async (query: string, database = 'postgres'): Promise<boolean | undefined> =>
      isEncrypted(await connect(at(server.port, query, database)));

    it.each([
      ['', 'postgres', true],
      ['?sslmode=prefer', 'no_tls', false],
      ['?sslmode=allow', 'postgres', false],
      ['?sslmode=allow', 'only_tls', true],
      ['?sslmode=disable', 'postgres', false],
      ['?sslmode=require', 'only_tls', true],
      [`?sslmode=require&sslrootcert=${FIRST}`, 'postgres', true],
      [`?sslmode=verify-ca&sslrootcert=${FIRST}`, 'postgres', true],
      [`?sslmode=verify-full&sslrootcert=${FIRST}`, 'postgres', true],
      ['?sslmode=require&channel_binding=require', 'postgres', true],
    ])('%s for database %s encrypts: %s', async (query, database, expected) => {
      expect(await encryption(query, database)).toBe(expected);
    });

    it('begins at once where PostgreSQL 17 or later allows it', async () => {
      expect(await encryption('?sslmode=require&sslnegotiation=direct')).toBe(true);
    });

    it.each(['require', 'verify-ca', 'verify-full'])(
      'refuses an authority that is not trusted (sslmode=%s)',
      async (mode) => {
        for (const authority of [SECOND, 'system']) {
          expect(
            await refusal(
              at(server.port, `?sslmode=${mode}&sslrootcert=${authority}`).replace(
                'sslmode=require&sslrootcert=system',
                `sslmode=require&sslrootcert=${SECOND}`,
              ),
            ),
          ).toBe(
            `PostgreSQL at 127.0.0.1:${server.port} has a certificate that sslrootcert does not vouch for: set sslrootcert to the file of its authority`,
          );
        }
      },
    );

    it('refuses the certificate of another host, unless told to check the authority alone', async () => {
      const certificate = { cert: readFileSync(ELSEWHERE), key: readFileSync(ELSEWHERE.replace('.cert', '.key')) };
      const port = await listenWith((socket) =>
        socket.once('data', () => {
          socket.write('S');
          const secured = new TLSSocket(socket, { isServer: true, ...certificate });
          secured.on('error', () => undefined).once('data', () => secured.end());
        }),
      );
      expect(await refusal(at(port, `?sslmode=verify-full&sslrootcert=${ELSEWHERE}`))).toBe(
        `PostgreSQL at 127.0.0.1:${port} has a certificate for another host: correct the host, or use sslmode=verify-ca`,
      );
      expect(await refusal(at(port, `?sslmode=verify-ca&sslrootcert=${ELSEWHERE}`))).toBe(
        `PostgreSQL at 127.0.0.1:${port} ended the connection: see its log`,
      );
    });

    it('says that the server has none', async () => {
      const proxy = await startProxy(server);
      open.push(() => proxy.stop());
      expect(await isEncrypted(await connect(at(proxy.port)))).toBe(false);
      expect(await refusal(at(proxy.port, '?sslmode=require'))).toBe(
        `PostgreSQL at 127.0.0.1:${proxy.port} does not offer TLS, which sslmode asks for: turn it on there (ssl = on), or use sslmode=prefer`,
      );
    });

    it('sends no password where channel binding is required and not offered', async () => {
      const line = `PostgreSQL at 127.0.0.1:${server.port} offers no channel binding, which channel_binding=require asks for`;
      expect(await refusal(at(server.port, '?sslmode=disable&channel_binding=require'))).toBe(line);
      expect(await refusal(at(server.port, '?channel_binding=require', 'cleartext'))).toBe(line);
      expect(await refusal(at(server.port, '?channel_binding=require', 'trusting'))).toBe(line);
    });

    it('names the file that cannot be read', async () => {
      await expect(connect(at(server.port, '?sslmode=verify-ca&sslrootcert=/nowhere/root.pem'))).rejects.toThrow(
        'The file that sslrootcert names cannot be read: /nowhere/root.pem',
      );
    });
  });
});
