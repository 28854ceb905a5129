import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  describeLocation,
  type PostgresLocation,
  readPostgresLocation,
} from '../../../src/store/engine/postgres/location.js';

describe('the location of a store in PostgreSQL', () => {
  let home: string;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'feedback-graph-home-'));
    await writeFile(
      join(home, '.pgpass'),
      [
        '# host:port:database:user:password',
        'db.example:5433:feedback:ann:of port 5433',
        'db.example:*:feedback:ann:with \\: and \\\\',
        'localhost:5432:*:ann:of the socket',
        '*:*:*:bob:of bob',
        '',
      ].join('\n'),
      { mode: 0o600 },
    );
    await writeFile(
      join(home, '.pg_service.conf'),
      '[other]\nhost=other.example\n\n# ours\n[ours]\nhost=one.example,two.example\nport=6000\ndbname=feedback\nuser=svc\npassword=from service\nsslmode=require\n',
    );
  });

  afterAll(() => rm(home, { recursive: true }));

  const read = (text: string, environment: NodeJS.ProcessEnv = {}): PostgresLocation =>
    readPostgresLocation(text, environment, home);
  const passwordOf = async (location: PostgresLocation): Promise<string | undefined> =>
    location.findPassword(location.addresses[0]!);

  it('may name everything', async () => {
    const location = read(
      'postgres://ann%40x:p%2F%40%3Aw@one.example:6001,[::1],three.example:6003/feed%20back' +
        '?schema=fg&sslmode=disable&application_name=x&connect_timeout=7&target_session_attrs=prefer-standby' +
        '&options=-c%20work_mem%3D8MB&statement_timeout=9000&lock_timeout=800&keepalives=1',
    );
    expect(location).toMatchObject({
      addresses: [
        { host: 'one.example', port: 6001 },
        { host: '::1', port: 5432 },
        { host: 'three.example', port: 6003 },
      ],
      user: 'ann@x',
      database: 'feed back',
      schema: 'fg',
      tls: { mode: 'disable', direct: false },
      applicationName: 'x',
      connectTimeoutMilliseconds: 7000,
      target: 'prefer-standby',
      options: '-c work_mem=8MB',
      statementTimeoutMilliseconds: 9000,
      lockTimeoutMilliseconds: 800,
    });
    expect(await passwordOf(location)).toBe('p/@:w');
  });

  it('has the defaults of libpq', () => {
    expect(read('postgresql://db.example')).toMatchObject({
      addresses: [{ host: 'db.example', port: 5432 }],
      user: userInfo().username,
      database: userInfo().username,
      schema: 'public',
      tls: { mode: 'prefer', rootCertificate: undefined, certificate: undefined },
      connectTimeoutMilliseconds: 2000,
      target: undefined,
    });
    expect(read('postgres://ann@db.example').database).toBe('ann');
    expect(read('postgres:///feedback?host=/run/x&port=6000').addresses).toEqual([{ host: '/run/x', port: 6000 }]);
    expect(read('postgres://%2Frun%2Fx/feedback').addresses).toEqual([{ host: '/run/x', port: 5432 }]);
    expect(read('postgres://a,b,c:7/x').addresses.map(({ port }) => port)).toEqual([5432, 5432, 7]);
    expect(read('postgres://a/x?ssl=true').tls.mode).toBe('require');
    expect(read('postgres://a/x?sslrootcert=system').tls.mode).toBe('verify-full');
  });

  it('takes from the environment what it does not say', async () => {
    const environment = {
      PGHOST: 'env1,env2',
      PGPORT: '7000',
      PGUSER: 'env-user',
      PGDATABASE: 'env-database',
      PGPASSWORD: 'env-password',
      PGSSLMODE: 'verify-ca',
      PGSSLROOTCERT: '/root.pem',
      PGSSLCERT: '/client.pem',
      PGSSLKEY: '/client.key',
      PGOPTIONS: '-c geqo=off',
      PGAPPNAME: 'env-name',
      PGCONNECT_TIMEOUT: '5',
      PGTARGETSESSIONATTRS: 'any',
    };
    const location = read('postgres://', environment);
    expect(location).toMatchObject({
      addresses: [
        { host: 'env1', port: 7000 },
        { host: 'env2', port: 7000 },
      ],
      user: 'env-user',
      database: 'env-database',
      tls: { mode: 'verify-ca', rootCertificate: '/root.pem', certificate: '/client.pem', key: '/client.key' },
      options: '-c geqo=off',
      applicationName: 'env-name',
      connectTimeoutMilliseconds: 5000,
      target: 'any',
    });
    expect(await passwordOf(location)).toBe('env-password');
    expect(read('postgres://ann@a:1/b', environment)).toMatchObject({
      addresses: [{ host: 'a', port: 1 }],
      user: 'ann',
      database: 'b',
    });
  });

  it('takes from a service file what it does not say, before the environment', async () => {
    const location = read('postgres://?service=ours&port=6001', { PGUSER: 'env-user', PGAPPNAME: 'env-name' });
    expect(location).toMatchObject({
      addresses: [
        { host: 'one.example', port: 6001 },
        { host: 'two.example', port: 6001 },
      ],
      user: 'svc',
      database: 'feedback',
      applicationName: 'env-name',
      tls: { mode: 'require' },
    });
    expect(await passwordOf(location)).toBe('from service');
    expect(read('postgres://', { PGSERVICE: 'other' }).addresses).toEqual([{ host: 'other.example', port: 5432 }]);
    const file = join(home, 'elsewhere.conf');
    await writeFile(file, '[x]\nhost=x.example\n');
    expect(read('postgres://?service=x', { PGSERVICEFILE: file }).addresses[0]?.host).toBe('x.example');
    expect(() => read('postgres://?service=none')).toThrow(
      "The service 'none' is in no pg_service.conf: define it there, or set PGSERVICEFILE",
    );
  });

  it('takes the password from a password file', async () => {
    expect(await passwordOf(read('postgres://ann@db.example:5433/feedback'))).toBe('of port 5433');
    expect(await passwordOf(read('postgres://ann@db.example/feedback'))).toBe('with : and \\');
    expect(await passwordOf(read('postgres://ann@%2Frun%2Fx/any'))).toBe('of the socket');
    expect(await passwordOf(read('postgres://bob@x.example/any'))).toBe('of bob');
    expect(await passwordOf(read('postgres://carl@db.example/feedback'))).toBeUndefined();
    expect(await passwordOf(read('postgres://bob@x/any', { PGPASSFILE: join(home, 'none') }))).toBeUndefined();
    const open = join(home, 'open.pgpass');
    await writeFile(open, '*:*:*:*:seen by all');
    await chmod(open, 0o644);
    expect(await passwordOf(read('postgres://bob@x/any', { PGPASSFILE: open }))).toBeUndefined();
  });

  it('takes certificates from the home directory, as libpq does', async () => {
    const other = join(home, 'other');
    await mkdir(join(other, '.postgresql'), { recursive: true });
    for (const name of ['root.crt', 'postgresql.crt', 'postgresql.key']) {
      await writeFile(join(other, '.postgresql', name), '');
    }
    expect(readPostgresLocation('postgres://a/b', {}, other).tls).toMatchObject({
      rootCertificate: join(other, '.postgresql', 'root.crt'),
      certificate: join(other, '.postgresql', 'postgresql.crt'),
      key: join(other, '.postgresql', 'postgresql.key'),
    });
  });

  it.each([
    [
      'mysql://a/b',
      'The location of a store in PostgreSQL must be postgres://user@host:port/database, with several hosts separated by commas',
    ],
    ['postgres://a:x/b', "The port of the store's location (or PGPORT) must be a number from 1 to 65535"],
    ['postgres://a:70000/b', "The port of the store's location (or PGPORT) must be a number from 1 to 65535"],
    ['postgres:///b?host=a,b,c&port=1,2', 'The location of the store has 3 hosts and 2 ports'],
    [
      'postgres://a/b?sslmode=maybe',
      "The sslmode of the store's location (or PGSSLMODE) must be one of disable, allow, prefer, require, verify-ca, verify-full",
    ],
    [
      'postgres://a/b?sslmode=verify-full',
      "sslmode=verify-full needs the certificate of an authority: set sslrootcert to its file, or to 'system' for the public ones",
    ],
    ['postgres://a/b?sslnegotiation=direct', 'sslnegotiation=direct needs sslmode=require or stronger'],
    [
      'postgres://a/b?gssencmode=require',
      "The gssencmode of the store's location (or PGGSSENCMODE) must be one of disable, prefer",
    ],
    [
      'postgres://a/b?schema=a%22b',
      "The schema of the store's location must be a name of letters, digits and '_', which does not begin with 'pg_'",
    ],
    [
      'postgres://a/b?schema=pg_x',
      "The schema of the store's location must be a name of letters, digits and '_', which does not begin with 'pg_'",
    ],
    [
      'postgres://a/b?connect_timeout=soon',
      "The connect_timeout of the store's location (or PGCONNECT_TIMEOUT) must be a whole number",
    ],
    ['postgres://a/b?colour=red', "The location of the store has a parameter 'colour', which is not supported"],
    ['postgres://a/b%zz', "The dbname in the location of the store has a '%' that no two hexadecimal digits follow"],
    [
      'postgres://u:se%cret@a/b',
      "The password in the location of the store has a '%' that no two hexadecimal digits follow",
    ],
  ])('is refused where it is wrong: %s', (text, line) => {
    expect(() => read(text)).toThrow(line);
  });

  it.each([
    'postgres://u:sec@ret@a/b',
    'postgres://u:12/sec@ret/b',
    'postgres://u:sec/ret@a/b',
    'postgres://u:12/x?sec-ret@a/b',
    'postgres://u:12/x?sec-ret=%@a/b',
  ])('never shows a part of a password that is not escaped: %s', (text) => {
    let said = '';
    try {
      const location = read(text);
      said = inspect(location, { depth: 9 }) + describeLocation(location);
    } catch (error) {
      said = String(error);
    }
    expect(said).toMatch(/^StoreOpenError: [^\n]+$/);
    expect(said).not.toMatch(/sec|ret/);
  });

  it('shows no password', () => {
    const location = read('postgres://ann:secret@a:1,[::1]:2/b?schema=x&password=secret', { PGPASSWORD: 'secret' });
    expect(describeLocation(location)).toBe('postgres://ann@a:1,[::1]:2/b');
    expect(inspect(location, { depth: 9 }) + JSON.stringify(location)).not.toContain('secret');
  });
});
