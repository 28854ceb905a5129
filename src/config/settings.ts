/**
 * The one table of settings, which the environment, the JSON file, the flags of the command line, `--help` and
 * docs/settings.md all follow.
 */
import { readFileSync } from 'node:fs';
import { KeyError, publicKey, secretKey } from '../http/keys.js';
import { ROLES } from '../permissions.js';
import { LOCATION_SYNTAX } from '../store/engines.js';
import { readManifest } from './manifest.js';
import { origins, proxyNetworks } from './network.js';
import { pluginSettings } from './plugin-settings.js';
import { retentionPolicy } from './retention.js';
import {
  byteSize,
  decimal,
  duration,
  type FileSetting,
  hostName,
  integer,
  issuerUrl,
  nonEmpty,
  oneOf,
  openIdParameters,
  openIdScopes,
  type Setting,
  SettingError,
  storeLocation,
  trustedUrl,
} from './setting.js';

/** From the most verbose to the least. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ['auto', 'json', 'text'] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

const MAX_REQUESTS = 1_000_000_000;

export const SETTINGS = {
  config: {
    name: 'FEEDBACK_CONFIG',
    flag: '--config <path>',
    description: 'JSON file with settings; flags and environment variables take precedence over it',
    parse: nonEmpty,
  },
  host: {
    name: 'FEEDBACK_HOST',
    flag: '--host <address>',
    key: 'host',
    default: '127.0.0.1',
    description: 'address to listen on; 0.0.0.0 or :: for all addresses of the machine',
    parse: hostName,
  },
  port: {
    name: 'FEEDBACK_PORT',
    flag: '--port <number>',
    key: 'port',
    default: '4000',
    description: 'port to listen on, from 0 to 65535; 0 picks a free one',
    number: true,
    parse: integer(0, 65_535),
  },
  store: {
    name: 'FEEDBACK_STORE',
    flag: '--store <location>',
    key: 'store',
    default: 'rocksdb:./data',
    description: `location of the data: ${LOCATION_SYNTAX}`,
    parse: storeLocation,
  },
  workers: {
    name: 'FEEDBACK_WORKERS',
    flag: '--workers <count>',
    key: 'workers',
    default: '1',
    description:
      'processes that serve the port, from 1 to 256, for machines with many cores; more than one needs a PostgreSQL store',
    number: true,
    parse: integer(1, 256),
  },
  storeMigrate: {
    name: 'FEEDBACK_STORE_MIGRATE',
    flag: '--store-migrate <on|off>',
    key: 'store_migrate',
    default: 'on',
    description:
      "whether the server creates the tables of a store in PostgreSQL, and brings those of an earlier release up to date; if off, only 'feedback-graph migrate' does",
    parse: oneOf(['on', 'off']),
  },
  tlsCert: {
    name: 'FEEDBACK_TLS_CERT',
    flag: '--tls-cert <path>',
    key: 'tls_cert',
    description: 'PEM file with the certificate of the server and those of its issuers; plain HTTP if unset',
    parse: nonEmpty,
  },
  tlsKey: {
    name: 'FEEDBACK_TLS_KEY',
    flag: '--tls-key <path>',
    key: 'tls_key',
    description:
      "PEM file with the certificate's private key, without a passphrase; both files are read again on SIGHUP",
    parse: nonEmpty,
  },
  jwtSecret: {
    name: 'FEEDBACK_JWT_SECRET',
    flag: '--jwt-secret <secret>',
    key: 'jwt_secret',
    description: 'secret that verifies HS256 tokens, at least 32 bytes; other users of the machine can see flags',
    parse: checkedSecret,
  },
  jwtPublicKey: {
    name: 'FEEDBACK_JWT_PUBLIC_KEY',
    flag: '--jwt-public-key <path>',
    key: 'jwt_public_key',
    description:
      'PEM file with the public key that verifies tokens: RSA for RS256, EC P-256 for ES256, Ed25519 for EdDSA',
    parse: readPublicKey,
  },
  jwksUrl: {
    name: 'FEEDBACK_JWKS_URL',
    flag: '--jwks-url <url>',
    key: 'jwks_url',
    description: "https URL of the token issuer's key set (JWKS)",
    parse: trustedUrl,
  },
  jwtIssuer: {
    name: 'FEEDBACK_JWT_ISSUER',
    flag: '--jwt-issuer <name>',
    key: 'jwt_issuer',
    description: 'issuer that tokens must name in iss; any if unset',
    parse: nonEmpty,
  },
  jwtAudience: {
    name: 'FEEDBACK_JWT_AUDIENCE',
    flag: '--jwt-audience <name>',
    key: 'jwt_audience',
    description: 'audience that tokens must name in aud; any if unset',
    parse: nonEmpty,
  },
  oidcIssuer: {
    name: 'FEEDBACK_OIDC_ISSUER',
    flag: '--oidc-issuer <url>',
    key: 'oidc_issuer',
    description:
      'https URL of the OpenID Connect issuer at which people sign in to the console, exactly as its tokens name it in iss; no such sign-in if unset',
    parse: issuerUrl,
  },
  oidcClientId: {
    name: 'FEEDBACK_OIDC_CLIENT_ID',
    flag: '--oidc-client-id <id>',
    key: 'oidc_client_id',
    description: 'id under which the issuer knows the console; its ID tokens name it in aud',
    parse: nonEmpty,
  },
  oidcClientSecret: {
    name: 'FEEDBACK_OIDC_CLIENT_SECRET',
    flag: '--oidc-client-secret <secret>',
    key: 'oidc_client_secret',
    description:
      'secret of that client; a public client if unset. Only the server sends it, and other users of the machine can see flags',
    parse: nonEmpty,
  },
  oidcScopes: {
    name: 'FEEDBACK_OIDC_SCOPES',
    flag: '--oidc-scopes <scopes>',
    key: 'oidc_scopes',
    default: 'openid profile offline_access',
    description: "scopes that the console asks the issuer for, separated by spaces, 'openid' among them",
    parse: openIdScopes,
  },
  oidcParameters: {
    name: 'FEEDBACK_OIDC_PARAMETERS',
    flag: '--oidc-parameters <query>',
    key: 'oidc_parameters',
    description:
      "further parameters of the address of the issuer's sign-in page, as in a query, such as prompt=consent&access_type=offline",
    parse: openIdParameters,
  },
  tokenMaxLifetime: {
    name: 'FEEDBACK_TOKEN_MAX_LIFETIME',
    flag: '--token-max-lifetime <time>',
    key: 'token_max_lifetime',
    description:
      'longest time for which a token may be valid, from its iat and from now, such as 15m, 24h or 30d; any if unset',
    parse: duration('60s', '3650d'),
  },
  defaultRole: {
    name: 'FEEDBACK_DEFAULT_ROLE',
    flag: '--default-role <role>',
    key: 'default_role',
    default: 'member',
    description: `role of tokens that name no role or permission: ${ROLES.join(', ')}`,
    parse: oneOf(ROLES),
  },
  rolesClaim: {
    name: 'FEEDBACK_ROLES_CLAIM',
    flag: '--roles-claim <name>',
    key: 'roles_claim',
    default: 'roles',
    description: 'claim of tokens with their roles, with dots between the names of nested claims; scope is read, too',
    parse: nonEmpty,
  },
  orgClaim: {
    name: 'FEEDBACK_ORG_CLAIM',
    flag: '--org-claim <name>',
    key: 'org_claim',
    default: 'org',
    description: 'claim of tokens with their organization, with dots between the names of nested claims',
    parse: nonEmpty,
  },
  requireOrg: {
    name: 'FEEDBACK_REQUIRE_ORG',
    flag: '--require-org <on|off>',
    key: 'require_org',
    default: 'off',
    description:
      "whether tokens without an organization are refused; if off, they belong to the organization 'default'",
    parse: oneOf(['on', 'off']),
  },
  corsOrigins: {
    name: 'FEEDBACK_CORS_ORIGINS',
    flag: '--cors-origins <origins>',
    key: 'cors_origins',
    description:
      'origins of web pages that may call the server from a browser, separated by commas, such as https://app.example.com; none if unset',
    parse: origins,
  },
  trustedProxies: {
    name: 'FEEDBACK_TRUSTED_PROXIES',
    flag: '--trusted-proxies <addresses>',
    key: 'trusted_proxies',
    description:
      'IP addresses and networks of the reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed, separated by commas; none if unset',
    parse: proxyNetworks,
  },
  limitUserPerMinute: {
    name: 'FEEDBACK_LIMIT_USER_PER_MINUTE',
    flag: '--limit-user-per-minute <number>',
    key: 'limit_user_per_minute',
    default: '100',
    description: 'requests per user and minute; 0 turns the limit off',
    number: true,
    parse: integer(0, MAX_REQUESTS),
  },
  limitOrgPerHour: {
    name: 'FEEDBACK_LIMIT_ORG_PER_HOUR',
    flag: '--limit-org-per-hour <number>',
    key: 'limit_org_per_hour',
    default: '10000',
    description: 'requests per organization and hour; 0 turns the limit off',
    number: true,
    parse: integer(0, MAX_REQUESTS),
  },
  limitAddressPerMinute: {
    name: 'FEEDBACK_LIMIT_ADDRESS_PER_MINUTE',
    flag: '--limit-address-per-minute <number>',
    key: 'limit_address_per_minute',
    default: '3000',
    description:
      'requests without a valid token per address and minute (for IPv6, per /64), beyond which the address is refused; 0 turns the limit off',
    number: true,
    parse: integer(0, MAX_REQUESTS),
  },
  limitAddressConnections: {
    name: 'FEEDBACK_LIMIT_ADDRESS_CONNECTIONS',
    flag: '--limit-address-connections <number>',
    key: 'limit_address_connections',
    default: '1000',
    description:
      'connections that may be open at once from one address (for IPv6, one /64), trusted proxies aside; 0 turns the limit off',
    number: true,
    parse: integer(0, 1_000_000),
  },
  limitDocumentBytes: {
    name: 'FEEDBACK_LIMIT_DOCUMENT_BYTES',
    flag: '--limit-document-bytes <size>',
    key: 'limit_document_bytes',
    default: '64KiB',
    description: 'maximum size of a GraphQL document, in bytes or with the unit KiB or MiB, from 1KiB to 1MiB',
    number: true,
    parse: byteSize('1KiB', '1MiB'),
  },
  limitTokens: {
    name: 'FEEDBACK_LIMIT_TOKENS',
    flag: '--limit-tokens <number>',
    key: 'limit_tokens',
    default: '4000',
    description: 'tokens in a GraphQL document (names, values and punctuation), from 100 to 100000',
    number: true,
    parse: integer(100, 100_000),
  },
  limitAliases: {
    name: 'FEEDBACK_LIMIT_ALIASES',
    flag: '--limit-aliases <number>',
    key: 'limit_aliases',
    default: '100',
    description: 'aliases and repeated fields in a GraphQL document, up to 10000',
    number: true,
    parse: integer(0, 10_000),
  },
  limitDirectives: {
    name: 'FEEDBACK_LIMIT_DIRECTIVES',
    flag: '--limit-directives <number>',
    key: 'limit_directives',
    default: '100',
    description: 'directives in a GraphQL document, up to 10000',
    number: true,
    parse: integer(0, 10_000),
  },
  limitDepth: {
    name: 'FEEDBACK_LIMIT_DEPTH',
    flag: '--limit-depth <number>',
    key: 'limit_depth',
    default: '30',
    description: 'levels of nested fields in a GraphQL operation, from 1 to 200',
    number: true,
    parse: integer(1, 200),
  },
  limitCost: {
    name: 'FEEDBACK_LIMIT_COST',
    flag: '--limit-cost <number>',
    key: 'limit_cost',
    default: '200000',
    description:
      'cost of a GraphQL operation: 1 for each field that its response can have, with lists at full size, and 10 to 1000 for each field that reads an index',
    number: true,
    parse: integer(1, MAX_REQUESTS),
  },
  limitAnswerBytes: {
    name: 'FEEDBACK_LIMIT_ANSWER_BYTES',
    flag: '--limit-answer-bytes <size>',
    key: 'limit_answer_bytes',
    default: '16MiB',
    description:
      'maximum size of a response, in bytes or with the unit KiB or MiB, from 64KiB to 256MiB; a request may read four times as much',
    number: true,
    parse: byteSize('64KiB', '256MiB'),
  },
  limitReadKeys: {
    name: 'FEEDBACK_LIMIT_READ_KEYS',
    flag: '--limit-read-keys <number>',
    key: 'limit_read_keys',
    default: '1000000',
    description: 'keys that one query may read from the store (index entries, records and counters), at least 10000',
    number: true,
    parse: integer(10_000, MAX_REQUESTS),
  },
  limitUnreadBytes: {
    name: 'FEEDBACK_LIMIT_UNREAD_BYTES',
    flag: '--limit-unread-bytes <size>',
    key: 'limit_unread_bytes',
    default: '128MiB',
    description:
      'memory for responses that clients have not read yet, from 1MiB to 4096MiB; one user may take a quarter of it',
    number: true,
    parse: byteSize('1MiB', '4096MiB'),
  },
  writeTimeout: {
    name: 'FEEDBACK_WRITE_TIMEOUT',
    flag: '--write-timeout <seconds>',
    key: 'write_timeout',
    default: '30',
    description: 'seconds after which a client that reads nothing of its response is disconnected, from 1 to 3600',
    number: true,
    parse: integer(1, 3600),
  },
  limitExpensivePerMinute: {
    name: 'FEEDBACK_LIMIT_EXPENSIVE_PER_MINUTE',
    flag: '--limit-expensive-per-minute <number>',
    key: 'limit_expensive_per_minute',
    default: '30',
    description: 'calls of each expensive GraphQL field per user and minute; 0 turns the limit off',
    number: true,
    parse: integer(0, MAX_REQUESTS),
  },
  queryTime: {
    name: 'FEEDBACK_QUERY_TIME_MS',
    flag: '--query-time-ms <number>',
    key: 'query_time_ms',
    default: '10000',
    description: 'milliseconds that a graph query may take, from 1 to 600000',
    number: true,
    parse: integer(1, 600_000),
  },
  queryRows: {
    name: 'FEEDBACK_QUERY_ROWS',
    flag: '--query-rows <number>',
    key: 'query_rows',
    default: '5000000',
    description: 'rows that all steps of a graph query together may produce',
    number: true,
    parse: integer(1, MAX_REQUESTS),
  },
  queryMemory: {
    name: 'FEEDBACK_QUERY_MEMORY',
    flag: '--query-memory <size>',
    key: 'query_memory',
    default: '64MiB',
    description:
      'approximate memory that a graph query may use, in bytes or with the unit KiB or MiB, from 1MiB to 1024MiB',
    parse: byteSize('1MiB', '1024MiB'),
  },
  queryPaths: {
    name: 'FEEDBACK_QUERY_PATHS',
    flag: '--query-paths <number>',
    key: 'query_paths',
    default: '1000000',
    description: 'paths that a graph query may follow along variable-length relationships',
    number: true,
    parse: integer(1, MAX_REQUESTS),
  },
  queriesAtOnce: {
    name: 'FEEDBACK_QUERIES_AT_ONCE',
    flag: '--queries-at-once <number>',
    key: 'queries_at_once',
    default: '4',
    description: 'graph queries that may run at once, from 1 to 64; one organization may run half of them, rounded up',
    number: true,
    parse: integer(1, 64),
  },
  introspection: {
    name: 'FEEDBACK_INTROSPECTION',
    flag: '--introspection <on|off>',
    key: 'introspection',
    description:
      'whether clients may query the schema and errors suggest fields: on or off; if unset, on unless NODE_ENV=production',
    parse: oneOf(['on', 'off']),
  },
  persistedOnly: {
    name: 'FEEDBACK_PERSISTED_ONLY',
    flag: '--persisted-only <path>',
    key: 'persisted_only',
    description: 'JSON manifest of GraphQL documents by id; the server runs no others',
    parse: readManifest,
  },
  bodyLimit: {
    name: 'FEEDBACK_BODY_LIMIT',
    flag: '--body-limit <size>',
    key: 'body_limit',
    default: '256KiB',
    description: 'maximum size of a request body, in bytes or with the unit KiB or MiB, from 1KiB to 64MiB',
    number: true,
    parse: byteSize('1KiB', '64MiB'),
  },
  limitEntryBytes: {
    name: 'FEEDBACK_LIMIT_ENTRY_BYTES',
    flag: '--limit-entry-bytes <size>',
    key: 'limit_entry_bytes',
    default: '256KiB',
    description:
      'maximum size of a feedback entry as JSON, in bytes or with the unit KiB or MiB, from 1KiB to 4MiB; FEEDBACK_BODY_LIMIT bounds the body that it comes in',
    number: true,
    parse: byteSize('1KiB', '4MiB'),
  },
  limitTextCharacters: {
    name: 'FEEDBACK_LIMIT_TEXT_CHARACTERS',
    flag: '--limit-text-characters <number>',
    key: 'limit_text_characters',
    default: '100000',
    description: 'Unicode characters of one text of a feedback entry, from 100 to 1000000',
    number: true,
    parse: integer(100, 1_000_000),
  },
  responseCache: {
    name: 'FEEDBACK_RESPONSE_CACHE',
    flag: '--response-cache <size>',
    key: 'response_cache',
    former: { name: 'FEEDBACK_ANSWER_MEMORY', flag: '--answer-memory <size>', key: 'answer_memory' },
    default: '32MiB',
    description: 'memory for the response cache, in bytes or with the unit KiB or MiB, up to 1024MiB; 0 turns it off',
    number: true,
    parse: byteSize('0', '1024MiB'),
  },
  exportSimilarity: {
    name: 'FEEDBACK_EXPORT_SIMILARITY',
    flag: '--export-similarity <share>',
    key: 'export_similarity',
    default: '0.95',
    description:
      'similarity of wording at which an export counts rows as duplicates, from 0.9 to 1; 1 for exact duplicates only',
    number: true,
    parse: decimal(0.9, 1),
  },
  liveConnectionsPerUser: {
    name: 'FEEDBACK_LIVE_CONNECTIONS_PER_USER',
    flag: '--live-connections-per-user <number>',
    key: 'live_connections_per_user',
    default: '10',
    description: 'WebSockets and change streams that one user may have open at once',
    number: true,
    parse: integer(0, 10_000),
  },
  liveSubscriptionsPerUser: {
    name: 'FEEDBACK_LIVE_SUBSCRIPTIONS_PER_USER',
    flag: '--live-subscriptions-per-user <number>',
    key: 'live_subscriptions_per_user',
    default: '50',
    description: 'GraphQL subscriptions that one user may have at once, across all WebSockets',
    number: true,
    parse: integer(0, 10_000),
  },
  liveBuffer: {
    name: 'FEEDBACK_LIVE_BUFFER',
    flag: '--live-buffer <size>',
    key: 'live_buffer',
    default: '1MiB',
    description:
      'maximum size of the messages queued for one WebSocket, in bytes or with the unit KiB or MiB, from 1KiB to 64MiB',
    number: true,
    parse: byteSize('1KiB', '64MiB'),
  },
  liveHeartbeat: {
    name: 'FEEDBACK_LIVE_HEARTBEAT',
    flag: '--live-heartbeat <seconds>',
    key: 'live_heartbeat',
    default: '15',
    description:
      'seconds between heartbeats on live connections, from 1 to 3600; a client that reads nothing for as long is disconnected',
    number: true,
    parse: integer(1, 3600),
  },
  liveInitSeconds: {
    name: 'FEEDBACK_LIVE_INIT_SECONDS',
    flag: '--live-init-seconds <seconds>',
    key: 'live_init_seconds',
    default: '3',
    description: 'seconds within which a WebSocket client must send its token, from 1 to 60',
    number: true,
    parse: integer(1, 60),
  },
  liveUnknown: {
    name: 'FEEDBACK_LIVE_UNKNOWN',
    flag: '--live-unknown <number>',
    key: 'live_unknown',
    default: '256',
    description: 'WebSockets that may be open at once before their clients have sent a token',
    number: true,
    parse: integer(1, 10_000),
  },
  liveUnknownPerAddress: {
    name: 'FEEDBACK_LIVE_UNKNOWN_PER_ADDRESS',
    flag: '--live-unknown-per-address <number>',
    key: 'live_unknown_per_address',
    default: '16',
    description:
      'those of one address (for IPv6, one /64); behind a proxy that hides client addresses, set it as high as live_unknown',
    number: true,
    parse: integer(1, 10_000),
  },
  revote: {
    name: 'FEEDBACK_REVOTE',
    flag: '--revote <effect>',
    key: 'revote',
    default: 'update',
    description:
      'what a further submission of a user on the same answer of the same interaction does: update (it changes the entry) or new (it is another entry)',
    parse: oneOf(['update', 'new']),
  },
  search: {
    name: 'FEEDBACK_SEARCH',
    flag: '--search <on|off>',
    key: 'search',
    default: 'on',
    description: 'whether entries are indexed for search in the background: on or off; if off, a search is refused',
    parse: oneOf(['on', 'off']),
  },
  retention: {
    name: 'FEEDBACK_RETENTION',
    flag: '--retention <rules>',
    key: 'retention',
    description:
      'how long after their submission entries are kept before they are erased, by what they are (pending, approved, flagged, rejected, used), such as rejected=30d,used=400d; forever if unset',
    parse: retentionPolicy,
  },
  webhooks: {
    name: 'FEEDBACK_WEBHOOKS',
    flag: '--webhooks <on|off>',
    key: 'webhooks',
    default: 'on',
    description:
      'whether this server sends webhooks; those of the store stay as they are, and wait for a server that does',
    parse: oneOf(['on', 'off']),
  },
  webhooksAllowPrivate: {
    name: 'FEEDBACK_WEBHOOKS_ALLOW_PRIVATE',
    flag: '--webhooks-allow-private <on|off>',
    key: 'webhooks_allow_private',
    default: 'off',
    description:
      'whether webhooks may reach private, loopback and link-local addresses, and use http: whoever has org:admin then reaches what the server can',
    parse: oneOf(['on', 'off']),
  },
  logLevel: {
    name: 'FEEDBACK_LOG_LEVEL',
    flag: '--log-level <level>',
    key: 'log_level',
    default: 'info',
    description: `lowest level that is logged: ${LOG_LEVELS.join(', ')}`,
    parse: oneOf(LOG_LEVELS),
  },
  logFormat: {
    name: 'FEEDBACK_LOG_FORMAT',
    flag: '--log-format <format>',
    key: 'log_format',
    default: 'auto',
    description: 'format of the log on standard error: json, text, or auto (text on a terminal, json elsewhere)',
    parse: oneOf(LOG_FORMATS),
  },
  accessLog: {
    name: 'FEEDBACK_ACCESS_LOG',
    flag: '--access-log <on|off>',
    key: 'access_log',
    default: 'off',
    description: 'whether the log has a line for each request, at level info: on or off',
    parse: oneOf(['on', 'off']),
  },
  telemetryComments: {
    name: 'FEEDBACK_TELEMETRY_COMMENTS',
    flag: '--telemetry-comments <on|off>',
    key: 'telemetry_comments',
    default: 'off',
    description:
      'whether the telemetry that OTEL_EXPORTER_OTLP_ENDPOINT turns on contains the comments of users, at most 4096 characters of each: on or off',
    parse: oneOf(['on', 'off']),
  },
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

export const FILE_SETTINGS = {
  validationPlugin: {
    key: 'validation_plugin',
    default: '{"name": "basic_spam_detection"}',
    description:
      'plugins that validate submissions: {"name": …, "config": {…}}, or a list of these; see docs/validation-plugins.md',
    parse: pluginSettings,
  },
} as const satisfies Readonly<Record<string, FileSetting<unknown>>>;

/** A row of the table of settings. A place where the setting has no name is left out. */
export interface SettingRow {
  readonly name?: string;
  readonly flag?: string;
  readonly key?: string;
  readonly default?: string;
  readonly description: string;
}

/** All settings in the order in which they are shown. */
export const SETTING_ROWS: readonly SettingRow[] = [...Object.values(SETTINGS), ...Object.values(FILE_SETTINGS)];

function checkedSecret(secret: string): string {
  refuseKey(() => secretKey(secret));
  return secret;
}

function readPublicKey(path: string): string {
  let pem: string;
  try {
    pem = readFileSync(path, 'utf8');
  } catch {
    throw new SettingError(`must be the path of a PEM file, and '${path}' cannot be read`);
  }
  refuseKey(() => publicKey(pem));
  return pem;
}

/** @throws {SettingError} in place of a {@link KeyError}. */
function refuseKey(makeKey: () => unknown): void {
  try {
    makeKey();
  } catch (error) {
    throw error instanceof KeyError ? new SettingError(error.message) : error;
  }
}
