import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signToken } from '../../src/cli/sign-token.js';
import { ConfigError, type Flags, loadConfig, type Setting, SETTING_ROWS, SETTINGS } from '../../src/config/config.js';
import type { SettingNames } from '../../src/config/setting.js';
import { DEFAULT_OPERATION_LIMITS } from '../../src/graphql/operations/limits.js';
import { ENGINES, LOCATION_SYNTAX } from '../../src/store/engines.js';

const SECRET = 'a secret of tests, which is 32 bytes long or more';
const { publicKey: PUBLIC_KEY, privateKey: PRIVATE_KEY } = generateKeyPairSync('ed25519');
const pemOf = (key: KeyObject): string =>
  key.export({ type: key.type === 'public' ? 'spki' : 'pkcs8', format: 'pem' }).toString();

const ENGINE_NAMES = Object.keys(ENGINES);

/** What tokens are read by unless a setting says otherwise. */
const CLAIMS = { defaultRole: 'member', rolesClaim: 'roles', orgClaim: 'org', requireOrg: false } as const;

describe('settings', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'feedback-graph-config-'));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  const write = (content: unknown, name = 'settings.json'): string => {
    const path = join(directory, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
  const fromFile = (content: unknown, flags?: Flags) => loadConfig({ FEEDBACK_CONFIG: write(content) }, flags);
  const problemsOf = (load: () => unknown): readonly string[] => {
    try {
      load();
    } catch (error) {
      if (error instanceof ConfigError) return error.problems;
      throw error;
    }
    throw new Error('There was no problem');
  };

  it('have the documented defaults', () => {
    expect(loadConfig({ PATH: '/bin', HOME: '/' })).toEqual({
      host: '127.0.0.1',
      port: 4000,
      store: { engine: 'rocksdb', path: './data' },
      storeMigrate: true,
      workers: 1,
      auth: { ...CLAIMS, kind: 'ownSecret', path: resolve('data.secret') },
      corsOrigins: [],
      trustedProxies: [],
      limits: { userPerMinute: 100, orgPerHour: 10_000 },
      addressLimits: { requestsPerMinute: 3_000, connections: 1_000 },
      operationLimits: DEFAULT_OPERATION_LIMITS,
      requestBudget: { answerBytes: 16_777_216, readKeys: 1_000_000 },
      unread: { bytes: 134_217_728, seconds: 30 },
      expensivePerMinute: 30,
      queries: {
        budget: { timeMs: 10_000, rows: 5_000_000, bytes: 67_108_864, paths: 1_000_000 },
        atOnce: 4,
      },
      introspection: true,
      bodyLimit: 262_144,
      entryLimits: { textCharacters: 100_000, entryBytes: 262_144 },
      responseCacheBytes: 33_554_432,
      exportSimilarity: 0.95,
      live: {
        connectionsPerUser: 10,
        subscriptionsPerUser: 50,
        bufferBytes: 1_048_576,
        heartbeatSeconds: 15,
        initSeconds: 3,
        unknownConnections: 256,
        unknownPerAddress: 16,
      },
      revote: 'update',
      search: true,
      webhooks: { isOn: true, allowPrivate: false },
      logLevel: 'info',
      logFormat: 'auto',
      accessLog: false,
    });
  });

  it('can all be set in the environment', () => {
    expect(
      loadConfig({
        FEEDBACK_HOST: '::',
        FEEDBACK_PORT: '0',
        FEEDBACK_STORE: 'rocksdb:/var/lib/feed back',
        FEEDBACK_STORE_MIGRATE: 'off',
        FEEDBACK_TLS_CERT: '/etc/tls/cert.pem',
        FEEDBACK_TLS_KEY: '/etc/tls/key.pem',
        FEEDBACK_JWT_SECRET: SECRET,
        FEEDBACK_JWT_ISSUER: 'https://issuer.example',
        FEEDBACK_JWT_AUDIENCE: 'feedback',
        FEEDBACK_DEFAULT_ROLE: 'submitter',
        FEEDBACK_ROLES_CLAIM: 'realm_access.roles',
        FEEDBACK_ORG_CLAIM: 'tenant',
        FEEDBACK_REQUIRE_ORG: 'on',
        FEEDBACK_LIMIT_USER_PER_MINUTE: '0',
        FEEDBACK_LIMIT_ORG_PER_HOUR: '1000000',
        FEEDBACK_CORS_ORIGINS: 'https://app.example.com, http://localhost:5173',
        FEEDBACK_TRUSTED_PROXIES: '10.0.0.0/8,::1',
        FEEDBACK_LIMIT_ADDRESS_PER_MINUTE: '11',
        FEEDBACK_LIMIT_ADDRESS_CONNECTIONS: '12',
        FEEDBACK_LIMIT_DOCUMENT_BYTES: '1MiB',
        FEEDBACK_LIMIT_TOKENS: '1000',
        FEEDBACK_LIMIT_ALIASES: '1',
        FEEDBACK_LIMIT_DIRECTIVES: '2',
        FEEDBACK_LIMIT_DEPTH: '3',
        FEEDBACK_LIMIT_COST: '4',
        FEEDBACK_LIMIT_ANSWER_BYTES: '1MiB',
        FEEDBACK_LIMIT_READ_KEYS: '20000',
        FEEDBACK_LIMIT_UNREAD_BYTES: '2MiB',
        FEEDBACK_WRITE_TIMEOUT: '5',
        FEEDBACK_LIMIT_EXPENSIVE_PER_MINUTE: '5',
        FEEDBACK_QUERY_TIME_MS: '6',
        FEEDBACK_QUERY_ROWS: '7',
        FEEDBACK_QUERY_MEMORY: '8MiB',
        FEEDBACK_QUERY_PATHS: '9',
        FEEDBACK_QUERIES_AT_ONCE: '10',
        FEEDBACK_BODY_LIMIT: '1MiB',
        FEEDBACK_LIVE_CONNECTIONS_PER_USER: '3',
        FEEDBACK_LIVE_SUBSCRIPTIONS_PER_USER: '4',
        FEEDBACK_LIVE_BUFFER: '2KiB',
        FEEDBACK_LIVE_HEARTBEAT: '5',
        FEEDBACK_LIVE_INIT_SECONDS: '6',
        FEEDBACK_LIVE_UNKNOWN: '7',
        FEEDBACK_LIVE_UNKNOWN_PER_ADDRESS: '8',
        FEEDBACK_REVOTE: 'new',
        FEEDBACK_SEARCH: 'off',
        FEEDBACK_WEBHOOKS: 'off',
        FEEDBACK_WEBHOOKS_ALLOW_PRIVATE: 'on',
        FEEDBACK_RETENTION: 'rejected=30d, used=36h',
        FEEDBACK_LOG_LEVEL: 'silent',
        FEEDBACK_LOG_FORMAT: 'json',
        FEEDBACK_ACCESS_LOG: 'on',
        NODE_ENV: 'production',
      }),
    ).toEqual({
      host: '::',
      port: 0,
      store: { engine: 'rocksdb', path: '/var/lib/feed back' },
      storeMigrate: false,
      workers: 1,
      tls: { cert: '/etc/tls/cert.pem', key: '/etc/tls/key.pem' },
      auth: {
        kind: 'secret',
        secret: SECRET,
        issuer: 'https://issuer.example',
        audience: 'feedback',
        defaultRole: 'submitter',
        rolesClaim: 'realm_access.roles',
        orgClaim: 'tenant',
        requireOrg: true,
      },
      corsOrigins: ['https://app.example.com', 'http://localhost:5173'],
      trustedProxies: ['10.0.0.0/8', '::1'],
      limits: { userPerMinute: 0, orgPerHour: 1_000_000 },
      addressLimits: { requestsPerMinute: 11, connections: 12 },
      operationLimits: { documentBytes: 1_048_576, tokens: 1_000, aliases: 1, directives: 2, depth: 3, cost: 4 },
      requestBudget: { answerBytes: 1_048_576, readKeys: 20_000 },
      unread: { bytes: 2_097_152, seconds: 5 },
      expensivePerMinute: 5,
      queries: { budget: { timeMs: 6, rows: 7, bytes: 8_388_608, paths: 9 }, atOnce: 10 },
      // Nobody has said that it is on, and this is production.
      introspection: false,
      bodyLimit: 1_048_576,
      entryLimits: { textCharacters: 100_000, entryBytes: 262_144 },
      responseCacheBytes: 33_554_432,
      exportSimilarity: 0.95,
      live: {
        connectionsPerUser: 3,
        subscriptionsPerUser: 4,
        bufferBytes: 2048,
        heartbeatSeconds: 5,
        initSeconds: 6,
        unknownConnections: 7,
        unknownPerAddress: 8,
      },
      revote: 'new',
      search: false,
      webhooks: { isOn: false, allowPrivate: true },
      retention: new Map([
        ['rejected', 30 * 86_400],
        ['used', 36 * 3_600],
      ]),
      logLevel: 'silent',
      logFormat: 'json',
      accessLog: true,
    });
  });

  it('can all be set in the file', () => {
    const validationPlugin = { name: 'custom_spam_detector', config: { threshold: 0.8 } };
    expect(
      fromFile({
        host: 'localhost',
        port: 8080,
        store: 'rocksdb:elsewhere',
        jwt_secret: SECRET,
        jwt_issuer: 'issuer',
        jwt_audience: 'audience',
        default_role: 'reader',
        limit_user_per_minute: 7,
        limit_org_per_hour: '70',
        cors_origins: 'https://[::1]:8080',
        trusted_proxies: '192.0.2.1',
        limit_address_per_minute: 0,
        limit_address_connections: '0',
        limit_document_bytes: '2KiB',
        limit_tokens: 2000,
        limit_aliases: 10,
        limit_directives: 20,
        limit_depth: 30,
        limit_cost: 40,
        limit_answer_bytes: '1MiB',
        limit_read_keys: 10_000,
        limit_unread_bytes: '64MiB',
        write_timeout: 2,
        limit_expensive_per_minute: 0,
        introspection: 'off',
        persisted_only: write({ one: '{ __typename }' }, 'manifest.json'),
        body_limit: 2048,
        limit_text_characters: 2000,
        limit_entry_bytes: '4KiB',
        live_connections_per_user: 3,
        live_subscriptions_per_user: 4,
        live_buffer: 2048,
        live_heartbeat: '5',
        live_init_seconds: 6,
        live_unknown: 7,
        live_unknown_per_address: 8,
        revote: 'new',
        search: 'off',
        webhooks: 'off',
        webhooks_allow_private: 'on',
        log_level: 'warn',
        log_format: 'text',
        access_log: 'on',
        validation_plugin: validationPlugin,
      }),
    ).toEqual({
      host: 'localhost',
      port: 8080,
      store: { engine: 'rocksdb', path: 'elsewhere' },
      storeMigrate: true,
      workers: 1,
      auth: {
        ...CLAIMS,
        kind: 'secret',
        secret: SECRET,
        issuer: 'issuer',
        audience: 'audience',
        defaultRole: 'reader',
      },
      corsOrigins: ['https://[::1]:8080'],
      trustedProxies: ['192.0.2.1'],
      limits: { userPerMinute: 7, orgPerHour: 70 },
      addressLimits: { requestsPerMinute: 0, connections: 0 },
      operationLimits: { documentBytes: 2_048, tokens: 2_000, aliases: 10, directives: 20, depth: 30, cost: 40 },
      requestBudget: { answerBytes: 1_048_576, readKeys: 10_000 },
      unread: { bytes: 67_108_864, seconds: 2 },
      expensivePerMinute: 0,
      queries: {
        budget: { timeMs: 10_000, rows: 5_000_000, bytes: 67_108_864, paths: 1_000_000 },
        atOnce: 4,
      },
      introspection: false,
      manifest: new Map([['one', '{ __typename }']]),
      bodyLimit: 2048,
      entryLimits: { textCharacters: 2_000, entryBytes: 4_096 },
      responseCacheBytes: 33_554_432,
      exportSimilarity: 0.95,
      live: {
        connectionsPerUser: 3,
        subscriptionsPerUser: 4,
        bufferBytes: 2048,
        heartbeatSeconds: 5,
        initSeconds: 6,
        unknownConnections: 7,
        unknownPerAddress: 8,
      },
      revote: 'new',
      search: false,
      webhooks: { isOn: false, allowPrivate: true },
      logLevel: 'warn',
      logFormat: 'text',
      accessLog: true,
      validationPlugin: [validationPlugin],
    });
  });

  it('take a flag before the environment, the environment before the file, and the file before the default', () => {
    const FEEDBACK_CONFIG = write({ port: 1, host: 'file', log_level: 'warn' });
    const environment = { FEEDBACK_CONFIG, FEEDBACK_PORT: '2', FEEDBACK_HOST: 'environment' };
    expect(loadConfig(environment, { FEEDBACK_PORT: '3' })).toMatchObject({
      port: 3,
      host: 'environment',
      logLevel: 'warn',
      bodyLimit: 262_144,
      responseCacheBytes: 33_554_432,
      exportSimilarity: 0.95,
    });
    const other = write({ port: 4 }, 'other.json');
    expect(loadConfig({ FEEDBACK_CONFIG }, { FEEDBACK_CONFIG: other })).toMatchObject({ port: 4, host: '127.0.0.1' });
  });

  it('take a certificate and its key together, or neither', () => {
    const files = { FEEDBACK_TLS_CERT: 'cert.pem', FEEDBACK_TLS_KEY: 'key.pem' };
    expect(loadConfig(files).tls).toEqual({ cert: 'cert.pem', key: 'key.pem' });
    expect(loadConfig({}).tls).toBeUndefined();
    const together = 'TLS takes a certificate and its private key';
    expect(problemsOf(() => loadConfig({ FEEDBACK_TLS_CERT: 'cert.pem' }))).toEqual([
      `FEEDBACK_TLS_CERT needs FEEDBACK_TLS_KEY: ${together}`,
    ]);
    expect(problemsOf(() => fromFile({ tls_key: 'key.pem' }))).toEqual([
      `FEEDBACK_TLS_KEY needs FEEDBACK_TLS_CERT: ${together}`,
    ]);
  });

  describe('that were renamed', () => {
    const renamed = Object.values<Setting<unknown>>(SETTINGS).flatMap(({ former, ...present }) =>
      former === undefined ? [] : [{ present, former, value: present.default ?? '1' }],
    );
    const flagOf = ({ flag }: SettingNames) => flag.split(' ')[0] ?? '';
    /** What is said of a start, and the settings that it has. */
    const start = (environment: NodeJS.ProcessEnv, flags?: Flags) => {
      const said: string[] = [];
      const config = loadConfig(environment, flags, (message) => said.push(message));
      return { said, config };
    };

    it('are taken by their former names, and one sentence says what to write instead', () => {
      expect(renamed.length).toBeGreaterThan(0);
      for (const { present, former, value } of renamed) {
        const path = write({ [former.key ?? '']: value });
        const given: [NodeJS.ProcessEnv, Flags, string][] = [
          [{ [former.name]: value }, {}, `${former.name} is deprecated; use ${present.name} instead`],
          [{}, { [former.name]: value }, `${flagOf(former)} is deprecated; use ${flagOf(present)} instead`],
          [{ FEEDBACK_CONFIG: path }, {}, `${former.key} in ${path} is deprecated; use ${present.key} instead`],
        ];
        for (const [environment, flags, sentence] of given) {
          expect(start(environment, flags).said).toEqual([sentence]);
        }
      }
    });

    it('have the value that is given by the former name', () => {
      const path = write({ answer_memory: '1KiB' });
      expect(start({ FEEDBACK_ANSWER_MEMORY: '2KiB' }).config.responseCacheBytes).toBe(2048);
      expect(start({}, { FEEDBACK_ANSWER_MEMORY: '3KiB' }).config.responseCacheBytes).toBe(3072);
      expect(start({ FEEDBACK_CONFIG: path }).config.responseCacheBytes).toBe(1024);
      expect(problemsOf(() => start({ FEEDBACK_ANSWER_MEMORY: 'much' })).join()).toMatch(
        /^FEEDBACK_ANSWER_MEMORY must be from 0 to 1024MiB/,
      );
    });

    it('are refused by both names at once, wherever each is given, and both are named', () => {
      for (const { present, former, value } of renamed) {
        const path = write({ [present.key ?? '']: value });
        const both: [NodeJS.ProcessEnv, Flags, string, string][] = [
          [{ [present.name]: value, [former.name]: value }, {}, present.name, former.name],
          [{ [former.name]: value }, { [present.name]: value }, flagOf(present), former.name],
          [{ FEEDBACK_CONFIG: path }, { [former.name]: value }, `${present.key} in ${path}`, flagOf(former)],
        ];
        for (const [environment, flags, one, other] of both) {
          expect(problemsOf(() => start(environment, flags))).toEqual([
            `${one} and ${other} are the same setting; set only ${one}`,
          ]);
        }
      }
    });

    it('are said by no sentence where only the present name is given', () => {
      for (const { present, value } of renamed) expect(start({ [present.name]: value }).said).toEqual([]);
    });
  });

  describe('for documents', () => {
    const manifest = (value: unknown) =>
      loadConfig({ FEEDBACK_PERSISTED_ONLY: write(value, 'documents.json') }).manifest;

    it("read a manifest of Apollo's form and of Relay's", () => {
      const operations = [{ id: 'a', body: '{ __typename }', name: 'A', type: 'query' }];
      expect(manifest({ format: 'apollo-persisted-query-manifest', version: 1, operations })).toEqual(
        new Map([['a', '{ __typename }']]),
      );
      expect(manifest({ b: 'query B { __typename }' })).toEqual(new Map([['b', 'query B { __typename }']]));
    });

    it.each<[string, unknown, RegExp]>([
      ['a list', [], /must be a JSON object/],
      ['no document', {}, /must name at least one document/],
      ['a number for a document', { a: 1 }, /must be a JSON object that maps ids to documents/],
      ['operations that are no list', { operations: {} }, /must be a JSON object/],
      ['an operation without a body', { operations: [{ id: 'a' }] }, /must be a JSON object/],
      ['a document that is none', { a: '{' }, /has a document with the id 'a' that is not valid GraphQL/],
    ])('refuse a manifest of %s', (_, value, message) => {
      expect(problemsOf(() => manifest(value)).join()).toMatch(message);
    });

    it('refuse a manifest that is no JSON or no file', () => {
      expect(problemsOf(() => manifest('{"a":')).join()).toMatch(/is not JSON/);
      expect(problemsOf(() => loadConfig({ FEEDBACK_PERSISTED_ONLY: '/no/such/file' })).join()).toMatch(
        /cannot be read/,
      );
    });

    it('take introspection where it is asked for, in production too', () => {
      const key = { FEEDBACK_JWT_SECRET: SECRET, NODE_ENV: 'production' };
      expect(loadConfig({ ...key, FEEDBACK_INTROSPECTION: 'on' }).introspection).toBe(true);
      expect(problemsOf(() => loadConfig({ FEEDBACK_INTROSPECTION: 'maybe' })).join()).toMatch(/on, off/);
    });
  });

  describe('for keys', () => {
    it('read a public key from its file', () => {
      const pem = pemOf(PUBLIC_KEY);
      const FEEDBACK_JWT_PUBLIC_KEY = write(pem, 'key.pem');
      expect(loadConfig({ FEEDBACK_JWT_PUBLIC_KEY }).auth).toEqual({ ...CLAIMS, kind: 'publicKey', pem });
    });

    it.each([
      'https://issuer.example/.well-known/jwks.json',
      'http://127.0.0.1:8080/keys',
      'http://localhost/keys',
      'http://[::1]:1/keys',
    ])('take the key set %s', (url) => {
      expect(loadConfig({ FEEDBACK_JWKS_URL: url }).auth).toEqual({ ...CLAIMS, kind: 'jwks', url });
    });

    it('keep our own secret beside the data, however its path is written', () => {
      const pathOf = (store: string) => loadConfig({ FEEDBACK_STORE: store }).auth;
      expect(pathOf('rocksdb:/srv/data/')).toEqual({ ...CLAIMS, kind: 'ownSecret', path: resolve('/srv/data.secret') });
      expect(pathOf('rocksdb:.')).toEqual({ ...CLAIMS, kind: 'ownSecret', path: `${process.cwd()}.secret` });
    });

    it('can only be of one kind, whatever the places', () => {
      const environment = { FEEDBACK_CONFIG: write({ jwt_secret: SECRET }), FEEDBACK_JWKS_URL: 'https://a.example/' };
      expect(problemsOf(() => loadConfig(environment))).toEqual([
        'Only one of FEEDBACK_JWT_SECRET, FEEDBACK_JWT_PUBLIC_KEY, FEEDBACK_JWKS_URL can be set, ' +
          `not jwt_secret in ${environment.FEEDBACK_CONFIG} and FEEDBACK_JWKS_URL`,
      ]);
    });

    describe('of an issuer of OpenID Connect', () => {
      const OIDC = { FEEDBACK_OIDC_ISSUER: 'https://issuer.example/realms/acme', FEEDBACK_OIDC_CLIENT_ID: 'console' };
      const problems = (environment: Record<string, string>) => problemsOf(() => loadConfig(environment)).join('\n');

      it('stand beside those of applications', () => {
        const { auth, openId } = loadConfig({ ...OIDC, FEEDBACK_JWT_SECRET: SECRET });
        expect(auth.kind).toBe('secret');
        expect(openId).toEqual({
          issuer: OIDC.FEEDBACK_OIDC_ISSUER,
          clientId: 'console',
          scopes: 'openid profile offline_access',
        });
        expect(loadConfig({}).openId).toBeUndefined();
      });

      it('take a secret, scopes and parameters', () => {
        const { openId } = loadConfig({
          ...OIDC,
          FEEDBACK_OIDC_ISSUER: 'http://127.0.0.1:8080/',
          FEEDBACK_OIDC_CLIENT_SECRET: 'secret',
          FEEDBACK_OIDC_SCOPES: ' openid  email ',
          FEEDBACK_OIDC_PARAMETERS: 'access_type=offline&prompt=consent',
        });
        expect(openId).toEqual({
          issuer: 'http://127.0.0.1:8080/',
          clientId: 'console',
          clientSecret: 'secret',
          scopes: 'openid email',
          parameters: { access_type: 'offline', prompt: 'consent' },
        });
      });

      it.each([
        ['http://issuer.example', /must be an https URL/],
        ['https://user:pass@issuer.example', /without a password/],
        ['https://issuer.example/?tenant=a', /without a query/],
        ['https://issuer.example/#', /without a query, a fragment/],
        ['issuer.example', /must be an https URL/],
      ])('refuse the issuer %s', (issuer, problem) => {
        expect(problems({ ...OIDC, FEEDBACK_OIDC_ISSUER: issuer })).toMatch(problem);
      });

      it('refuse half of them, and what the console sets itself', () => {
        expect(problems({ FEEDBACK_OIDC_ISSUER: OIDC.FEEDBACK_OIDC_ISSUER })).toMatch(/needs FEEDBACK_OIDC_CLIENT_ID/);
        expect(problems({ FEEDBACK_OIDC_CLIENT_ID: 'console' })).toMatch(/needs FEEDBACK_OIDC_ISSUER/);
        expect(problems({ FEEDBACK_OIDC_CLIENT_SECRET: 'hunter2' })).toBe(
          'FEEDBACK_OIDC_CLIENT_SECRET needs FEEDBACK_OIDC_ISSUER and FEEDBACK_OIDC_CLIENT_ID',
        );
        expect(problems({ ...OIDC, FEEDBACK_OIDC_SCOPES: 'profile' })).toMatch(/with 'openid' among them/);
        expect(problems({ ...OIDC, FEEDBACK_OIDC_SCOPES: 'openid "a"' })).toMatch(/scopes separated by spaces/);
        expect(problems({ ...OIDC, FEEDBACK_OIDC_PARAMETERS: 'state=x' })).toMatch(/must not have 'state'/);
        expect(problems({ ...OIDC, FEEDBACK_OIDC_PARAMETERS: 'prompt' })).toMatch(/as in a query/);
      });

      it('are not those of tokens that a secret signs', () => {
        const same = { ...OIDC, FEEDBACK_JWT_ISSUER: OIDC.FEEDBACK_OIDC_ISSUER };
        expect(problems({ ...same, FEEDBACK_JWT_SECRET: SECRET })).toMatch(
          /^FEEDBACK_OIDC_ISSUER must not be FEEDBACK_JWT_ISSUER/,
        );
        expect(problems(same)).toMatch(/must not be/);
        expect(loadConfig({ ...same, FEEDBACK_JWKS_URL: 'https://issuer.example/keys' }).openId).toBeDefined();
      });
    });

    it('must be set in production', () => {
      expect(problemsOf(() => loadConfig({ NODE_ENV: 'production' }))).toEqual([
        'With NODE_ENV=production one of FEEDBACK_JWT_SECRET, FEEDBACK_JWT_PUBLIC_KEY, FEEDBACK_JWKS_URL must be set: ' +
          'the key that verifies tokens',
      ]);
      expect(loadConfig({ NODE_ENV: 'production', FEEDBACK_JWT_SECRET: SECRET }).auth.kind).toBe('secret');
      expect(loadConfig({ NODE_ENV: 'development' }).auth.kind).toBe('ownSecret');
    });

    it('must be set for a store without a directory, beside which no secret can be kept, unless none is needed', async () => {
      const shared = { FEEDBACK_STORE: 'postgres://feedback@db/feedback' };
      const { auth } = loadConfig(shared);
      const problem =
        'With a store that several servers can share one of FEEDBACK_JWT_SECRET, FEEDBACK_JWT_PUBLIC_KEY, FEEDBACK_JWKS_URL ' +
        'must be set: the key with which all of them verify tokens';
      expect(auth).toEqual({ ...CLAIMS, kind: 'none', problem });
      await expect(signToken(auth, { sub: 'ann', expiresInSeconds: 60 })).rejects.toThrow(problem);
      expect(problemsOf(() => loadConfig({ ...shared, NODE_ENV: 'production' }))).toHaveLength(1);
      expect(loadConfig({ ...shared, FEEDBACK_JWT_SECRET: SECRET }).auth.kind).toBe('secret');
    });

    it('never show a secret', () => {
      const secrets = ['hunter2', pemOf(PRIVATE_KEY)];
      for (const secret of secrets) {
        const problems = [
          ...problemsOf(() => loadConfig({ FEEDBACK_JWT_SECRET: secret })),
          ...problemsOf(() => fromFile(`{"jwt_secret": "${secret}`)),
          ...problemsOf(() => loadConfig({ FEEDBACK_JWKS_URL: `https://user:${secret}@issuer.example/` })),
          ...problemsOf(() => loadConfig({ FEEDBACK_JWT_PUBLIC_KEY: write(secret, 'key.pem') })),
        ];
        expect(problems).toHaveLength(4);
        expect(problems.join('\n')).not.toContain(secret);
      }
    });
  });

  it.each([
    ['262144', 262_144],
    ['256KiB', 262_144],
    ['256 KiB', 262_144],
    ['1KiB', 1024],
    ['64MiB', 67_108_864],
  ])('take the size %s', (size, bytes) => {
    expect(loadConfig({ FEEDBACK_BODY_LIMIT: size }).bodyLimit).toBe(bytes);
  });

  it.each(['0.0.0.0', '::1', 'fe80::1', 'localhost', 'feedback.example', 'a-b.c1'])('take the host %s', (host) => {
    expect(loadConfig({ FEEDBACK_HOST: host }).host).toBe(host);
  });

  const HOST = 'must be a host name or an IP address';
  const PORT = 'must be an integer from 0 to 65535';
  const LIMIT = 'must be an integer from 0 to 1000000000';
  const SIZE = 'must be from 1KiB to 64MiB, in bytes or with the unit KiB or MiB';
  const STORE = `must be ${LOCATION_SYNTAX}`;
  const URL_OF_KEYS = 'must be an https URL without a password, or an http URL on this machine (127.0.0.1, localhost)';
  const OF_LEVELS = 'must be one of trace, debug, info, warn, error, fatal, silent';
  const EMPTY = 'must not be empty';

  it.each([
    ...[
      '',
      ' ',
      'a b',
      'http://localhost',
      'localhost:80',
      '[::1]',
      '256.0.0.1',
      '-a.example',
      'a..b',
      'x'.repeat(64),
    ].map((value) => ['FEEDBACK_HOST', value, `${HOST}, not '${value}'`]),
    ...['', '-1', '65536', 'abc', '80.5', '1e3', '0x50', ' 80', '80 ', '99999999999999999999'].map((value) => [
      'FEEDBACK_PORT',
      value,
      `${PORT}, not '${value}'`,
    ]),
    ...['', 'data', './data', 'unknown:x', ...ENGINE_NAMES.flatMap((name) => [name, `${name}:`, `${name}: `])].map(
      (value) => ['FEEDBACK_STORE', value, `${STORE}, not '${value}'`],
    ),
    ['FEEDBACK_JWT_SECRET', '', 'must be at least 32 bytes long, not 0'],
    ['FEEDBACK_JWT_SECRET', 'x'.repeat(31), 'must be at least 32 bytes long, not 31'],
    ['FEEDBACK_JWT_SECRET', pemOf(PUBLIC_KEY), 'must be a secret, not a public or private key or a certificate'],
    ['FEEDBACK_JWT_PUBLIC_KEY', 'no/such/file', "must be the path of a PEM file, and 'no/such/file' cannot be read"],
    ['FEEDBACK_JWT_PUBLIC_KEY', '', "must be the path of a PEM file, and '' cannot be read"],
    ...[
      '',
      'issuer.example',
      'http://issuer.example/',
      'http://127.example/',
      'http://127.0.0.1.example/',
      'ftp://a/',
      'https://',
    ].map((value) => ['FEEDBACK_JWKS_URL', value, URL_OF_KEYS]),
    ['FEEDBACK_JWKS_URL', 'https://user:pass@issuer.example/', URL_OF_KEYS],
    ['FEEDBACK_JWT_ISSUER', '', EMPTY],
    ['FEEDBACK_JWT_AUDIENCE', ' ', EMPTY],
    ['FEEDBACK_LIMIT_USER_PER_MINUTE', '-1', `${LIMIT}, not '-1'`],
    ['FEEDBACK_LIMIT_ORG_PER_HOUR', '1.5', `${LIMIT}, not '1.5'`],
    ...['', '0', '1023', '65MiB', '1GiB', '256kb', 'KiB', '1.5MiB', '-1KiB'].map((value) => [
      'FEEDBACK_BODY_LIMIT',
      value,
      `${SIZE}, not '${value}'`,
    ]),
    ...['', 'INFO', 'verbose'].map((value) => ['FEEDBACK_LOG_LEVEL', value, `${OF_LEVELS}, not '${value}'`]),
    ...['', 'JSON', 'pretty'].map((value) => [
      'FEEDBACK_LOG_FORMAT',
      value,
      `must be one of auto, json, text, not '${value}'`,
    ]),
    ...['', 'ON', 'true'].map((value) => ['FEEDBACK_ACCESS_LOG', value, `must be one of on, off, not '${value}'`]),
    ...['', 'rejected', 'withdrawn=30d', 'rejected=30d;used=40d', 'rejected=30d=40d', 'claimed=1d'].map((value) => [
      'FEEDBACK_RETENTION',
      value,
      `must be rules such as rejected=30d,used=400d, for pending, approved, flagged, rejected, used, not '${value}'`,
    ]),
    ...['1', '-1d', '0d', '23h', '36501d', ''].map((time) => [
      'FEEDBACK_RETENTION',
      `used=${time}`,
      `must be from 24h to 36500d, with the unit s, m, h or d, not '${time}'`,
    ]),
    ['FEEDBACK_RETENTION', 'used=30d,used=40d', 'must have one rule for used, not several'],
    ['FEEDBACK_CONFIG', '', EMPTY],
  ] as [string, string, string][])('do not take %s=%j', (name, value, problem) => {
    expect(problemsOf(() => loadConfig({ [name]: value }))).toEqual([`${name} ${problem}`]);
  });

  it.each([
    '',
    '*',
    'null',
    'https://*.example.com',
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://app.example.com?a',
    'https://app.example.com:443',
    'https://App.example.com',
    'https://app.example.com,',
    'https://app.example.com https://b.example.com',
    'app.example.com',
    'ftp://app.example.com',
    'file:///',
  ])('do not take %j for the origins of pages', (value) => {
    const [problem, ...others] = problemsOf(() => loadConfig({ FEEDBACK_CORS_ORIGINS: value }));
    expect(problem).toMatch(/^FEEDBACK_CORS_ORIGINS must be exact origins such as .*, not '|; not '/);
    expect(problem).not.toContain('\n');
    expect(others).toEqual([]);
  });

  it('show no password that stands in a location of the store', () => {
    const problems = problemsOf(() => loadConfig({ FEEDBACK_STORE: 'postgress://user:hunter2@db/feedback' }));
    expect(problems.join()).toMatch(/^FEEDBACK_STORE must be 'rocksdb:' followed by/);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('show no password that stands in an origin, and take no endless list of them', () => {
    const origin = 'https://user:hunter2@app.example.com';
    expect(problemsOf(() => loadConfig({ FEEDBACK_CORS_ORIGINS: origin })).join()).not.toContain('hunter2');
    const many = Array.from({ length: 101 }, (_, each) => `https://a${each}.example.com`).join();
    expect(problemsOf(() => loadConfig({ FEEDBACK_CORS_ORIGINS: many }))).toEqual([
      'FEEDBACK_CORS_ORIGINS must be at most 100 origins, not 101',
    ]);
  });

  it.each([
    '',
    '*',
    'true',
    '1',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0.0/x',
    'proxy.example.com',
    '10.0.0.1;::1',
  ])('do not take %j for trusted proxies', (value) => {
    expect(problemsOf(() => loadConfig({ FEEDBACK_TRUSTED_PROXIES: value })).join()).toMatch(
      /^FEEDBACK_TRUSTED_PROXIES must be IP addresses or networks such as 10\.0\.0\.0\/8/,
    );
  });

  it.each(['', '0s', '59s', '-1h', '1', '1w', '3651d', '1e3s', '999999999d'])(
    'do not take %j for a lifetime',
    (value) => {
      expect(problemsOf(() => loadConfig({ FEEDBACK_TOKEN_MAX_LIFETIME: value }))).toEqual([
        `FEEDBACK_TOKEN_MAX_LIFETIME must be from 60s to 3650d, with the unit s, m, h or d, not '${value}'`,
      ]);
      expect(loadConfig({ FEEDBACK_TOKEN_MAX_LIFETIME: '15m' }).auth).toMatchObject({ maxLifetime: 900 });
    },
  );

  it('do not take a private key for a public one', () => {
    const path = write(pemOf(PRIVATE_KEY), 'key.pem');
    expect(problemsOf(() => loadConfig({ FEEDBACK_JWT_PUBLIC_KEY: path }))).toEqual([
      'FEEDBACK_JWT_PUBLIC_KEY must hold a public key, not a private key',
    ]);
  });

  it.each<[object, string]>([
    [{ port: 65_536 }, `port in PATH ${PORT}, not '65536'`],
    [{ port: 80.5 }, `port in PATH ${PORT}, not '80.5'`],
    [{ port: true }, 'port in PATH must be a string or a number'],
    [{ port: null }, 'port in PATH must be a string or a number'],
    [{ host: 1 }, 'host in PATH must be a string'],
    [{ host: ['localhost'] }, 'host in PATH must be a string'],
    [{ jwt_secret: 12_345 }, 'jwt_secret in PATH must be a string'],
    [{ validation_plugin: 'noop' }, "validation_plugin in PATH must be an object with a 'name'"],
    [{ validation_plugin: null }, "validation_plugin in PATH must be an object with a 'name'"],
    [{ validation_plugin: [] }, 'validation_plugin in PATH must be one plugin or a list of 1 to 16 plugins'],
    [{ validation_plugin: [{ name: 'noop' }, 'x'] }, "validation_plugin in PATH must be an object with a 'name'"],
    [{ validation_plugin: {} }, "validation_plugin in PATH must have a 'name' that is a non-empty string"],
    [{ validation_plugin: { name: '' } }, "validation_plugin in PATH must have a 'name' that is a non-empty string"],
    [
      { validation_plugin: { name: 'noop', config: [] } },
      "validation_plugin in PATH has an invalid 'config'; it must be an object",
    ],
    [
      { validation_plugin: { name: 'noop', confg: {} } },
      "validation_plugin in PATH has the unknown key 'confg'; known keys are name, module, config, environment, timeout_ms and asynchronous",
    ],
    ...(['KEY', [1], ['']] as const).map((environment): [object, string] => [
      { validation_plugin: { name: 'own', module: './own.mjs', environment } },
      "validation_plugin in PATH has an invalid 'environment'; it must be a list of names of environment variables",
    ]),
    [
      { validation_plugin: { name: 'noop', environment: ['KEY'] } },
      "validation_plugin in PATH has an 'environment' without a 'module'; only modules have one",
    ],
    [
      { validation_plugin: { name: 'own', module: './own.mjs', environment: ['feedback_jwt_secret'] } },
      "validation_plugin in PATH must not pass the server's own setting feedback_jwt_secret to a plugin",
    ],
  ])('do not take %j in the file', (content, problem) => {
    const path = write(content);
    expect(problemsOf(() => loadConfig({ FEEDBACK_CONFIG: path }))).toEqual([problem.replace('PATH', path)]);
  });

  it.each(['', '{', '[]', 'null', '"port"', 'port=1'])('do not take a file that holds %j', (content) => {
    const path = write(content);
    expect(problemsOf(() => loadConfig({ FEEDBACK_CONFIG: path }))).toEqual([
      `The settings file ${path} must hold one JSON object`,
    ]);
  });

  it('say so if the file cannot be read', () => {
    const path = join(directory, 'none.json');
    expect(problemsOf(() => loadConfig({}, { FEEDBACK_CONFIG: path }))).toEqual([
      `The settings file ${path} cannot be read`,
    ]);
  });

  it.each(['FEEDBACK_PROT', 'FEEDBACK_', 'FEEDBACK_port', 'FEEDBACK_JWT_SECRETS', 'FEEDBACK_VALIDATION_PLUGIN'])(
    'do not know the variable %s',
    (name) => {
      const [problem, ...others] = problemsOf(() => loadConfig({ [name]: 'a value' }));
      expect(others).toEqual([]);
      expect(problem).toMatch(
        new RegExp(`^${name} is not a setting; the settings are FEEDBACK_CONFIG, FEEDBACK_HOST, `),
      );
      expect(problem).not.toContain('a value');
    },
  );

  it.each(['prot', 'Port', 'jwtSecret', 'FEEDBACK_PORT', 'config', '__proto__', 'constructor', ''])(
    'do not know the key %j of the file',
    (key) => {
      const path = write(`{${JSON.stringify(key)}: {}}`);
      const [problem, ...others] = problemsOf(() => loadConfig({ FEEDBACK_CONFIG: path }));
      expect(others).toEqual([]);
      expect(problem).toContain(`${key} in ${path} is not a setting; the settings are host, port, `);
    },
  );

  it('leave alone what Kubernetes sets for a service of our name', () => {
    expect(
      loadConfig({
        FEEDBACK_GRAPH_SERVICE_HOST: '10.0.0.1',
        FEEDBACK_GRAPH_SERVICE_PORT: '80',
        FEEDBACK_GRAPH_SERVICE_PORT_HTTP: '80',
        FEEDBACK_GRAPH_PORT: 'tcp://10.0.0.1:80',
        FEEDBACK_GRAPH_PORT_80_TCP: 'tcp://10.0.0.1:80',
        FEEDBACK_GRAPH_PORT_80_TCP_PROTO: 'tcp',
        FEEDBACK_GRAPH_PORT_80_TCP_PORT: '80',
        FEEDBACK_GRAPH_PORT_80_TCP_ADDR: '10.0.0.1',
      }).port,
    ).toBe(4000);
  });

  it('name everything that is wrong at once, as it was given', () => {
    const path = write({ port: 'x', log_level: 'loud', colour: 'red', host: '' });
    const environment = {
      FEEDBACK_CONFIG: path,
      FEEDBACK_BODY_LIMIT: '1',
      FEEDBACK_COLOUR: 'red',
      NODE_ENV: 'production',
    };
    const problems = problemsOf(() => loadConfig(environment, { FEEDBACK_HOST: ' ', FEEDBACK_STORE: 'memory' }));
    expect(problems.map((problem) => problem.replace(/ (must|is not|one) .*/, '')).sort()).toEqual(
      [
        '--host',
        '--store',
        'FEEDBACK_BODY_LIMIT',
        'FEEDBACK_COLOUR',
        'With NODE_ENV=production',
        `colour in ${path}`,
        `log_level in ${path}`,
        `port in ${path}`,
      ].sort(),
    );
    expect(new ConfigError(problems).message).toBe(problems.join('\n'));
  });

  it('are one table, in which the names of a setting follow one another', () => {
    for (const { name, flag, ...setting } of Object.values(SETTINGS)) {
      const words = name.replace('FEEDBACK_', '').toLowerCase();
      expect(flag.split(' ')[0]).toBe(`--${words.replaceAll('_', '-')}`);
      if ('key' in setting) expect(setting.key).toBe(words);
    }
    expect(SETTING_ROWS.map(({ name, key }) => name ?? key)).toEqual([
      'FEEDBACK_CONFIG',
      'FEEDBACK_HOST',
      'FEEDBACK_PORT',
      'FEEDBACK_STORE',
      'FEEDBACK_WORKERS',
      'FEEDBACK_STORE_MIGRATE',
      'FEEDBACK_TLS_CERT',
      'FEEDBACK_TLS_KEY',
      'FEEDBACK_JWT_SECRET',
      'FEEDBACK_JWT_PUBLIC_KEY',
      'FEEDBACK_JWKS_URL',
      'FEEDBACK_JWT_ISSUER',
      'FEEDBACK_JWT_AUDIENCE',
      'FEEDBACK_OIDC_ISSUER',
      'FEEDBACK_OIDC_CLIENT_ID',
      'FEEDBACK_OIDC_CLIENT_SECRET',
      'FEEDBACK_OIDC_SCOPES',
      'FEEDBACK_OIDC_PARAMETERS',
      'FEEDBACK_TOKEN_MAX_LIFETIME',
      'FEEDBACK_DEFAULT_ROLE',
      'FEEDBACK_ROLES_CLAIM',
      'FEEDBACK_ORG_CLAIM',
      'FEEDBACK_REQUIRE_ORG',
      'FEEDBACK_CORS_ORIGINS',
      'FEEDBACK_TRUSTED_PROXIES',
      'FEEDBACK_LIMIT_USER_PER_MINUTE',
      'FEEDBACK_LIMIT_ORG_PER_HOUR',
      'FEEDBACK_LIMIT_ADDRESS_PER_MINUTE',
      'FEEDBACK_LIMIT_ADDRESS_CONNECTIONS',
      'FEEDBACK_LIMIT_DOCUMENT_BYTES',
      'FEEDBACK_LIMIT_TOKENS',
      'FEEDBACK_LIMIT_ALIASES',
      'FEEDBACK_LIMIT_DIRECTIVES',
      'FEEDBACK_LIMIT_DEPTH',
      'FEEDBACK_LIMIT_COST',
      'FEEDBACK_LIMIT_ANSWER_BYTES',
      'FEEDBACK_LIMIT_READ_KEYS',
      'FEEDBACK_LIMIT_UNREAD_BYTES',
      'FEEDBACK_WRITE_TIMEOUT',
      'FEEDBACK_LIMIT_EXPENSIVE_PER_MINUTE',
      'FEEDBACK_QUERY_TIME_MS',
      'FEEDBACK_QUERY_ROWS',
      'FEEDBACK_QUERY_MEMORY',
      'FEEDBACK_QUERY_PATHS',
      'FEEDBACK_QUERIES_AT_ONCE',
      'FEEDBACK_INTROSPECTION',
      'FEEDBACK_PERSISTED_ONLY',
      'FEEDBACK_BODY_LIMIT',
      'FEEDBACK_LIMIT_ENTRY_BYTES',
      'FEEDBACK_LIMIT_TEXT_CHARACTERS',
      'FEEDBACK_RESPONSE_CACHE',
      'FEEDBACK_EXPORT_SIMILARITY',
      'FEEDBACK_LIVE_CONNECTIONS_PER_USER',
      'FEEDBACK_LIVE_SUBSCRIPTIONS_PER_USER',
      'FEEDBACK_LIVE_BUFFER',
      'FEEDBACK_LIVE_HEARTBEAT',
      'FEEDBACK_LIVE_INIT_SECONDS',
      'FEEDBACK_LIVE_UNKNOWN',
      'FEEDBACK_LIVE_UNKNOWN_PER_ADDRESS',
      'FEEDBACK_REVOTE',
      'FEEDBACK_SEARCH',
      'FEEDBACK_RETENTION',
      'FEEDBACK_WEBHOOKS',
      'FEEDBACK_WEBHOOKS_ALLOW_PRIVATE',
      'FEEDBACK_LOG_LEVEL',
      'FEEDBACK_LOG_FORMAT',
      'FEEDBACK_ACCESS_LOG',
      'FEEDBACK_TELEMETRY_COMMENTS',
      'validation_plugin',
    ]);
  });
});
