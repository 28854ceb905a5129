/** Every setting, from flags, environment and file, validated once at start. */
import type { BudgetLimits } from '../graphql/budget/request-budget.js';
import type { QuerySettings } from '../graphql/graph-queries.js';
import type { OperationLimits } from '../graphql/operations/limits.js';
import type { AddressLimitSettings } from '../http/address-limit.js';
import type { KeySource } from '../http/keys.js';
import type { LiveSettings } from '../http/live-limits.js';
import type { OpenIdSettings } from '../http/openid/settings.js';
import type { DocumentManifest } from '../http/persisted-documents.js';
import type { RequestLimitSettings } from '../http/request-limits.js';
import type { TlsFiles } from '../http/tls.js';
import type { UnreadLimits } from '../http/unread-answers.js';
import type { RetentionPolicy } from '../maintenance/retention/policy.js';
import type { EntryLimits } from '../model/input.js';
import type { Role } from '../permissions.js';
import { directoryOf, type StoreLocation } from '../store/engines.js';
import type { PluginSetting } from '../validation/setting.js';
import { FILE_SETTINGS, type LogFormat, type LogLevel, SETTINGS } from './settings.js';
import { type Flags, readSources, type Sources } from './sources.js';
import { readTelemetry, type TelemetrySettings } from './telemetry.js';

export type { Setting } from './setting.js';
export { LOG_LEVELS, type LogFormat, type LogLevel, SETTING_ROWS, type SettingRow, SETTINGS } from './settings.js';
export type { Flags } from './sources.js';

/**
 * The key that verifies tokens: the configured one, or else the server's own secret in the file at `path`. Without either
 * (`none`) no server can be started, while commands that need no key work; `problem` is one sentence for the operator.
 */
export type AuthSetting = (
  | KeySource
  | { readonly kind: 'ownSecret'; readonly path: string }
  | { readonly kind: 'none'; readonly problem: string }
) & {
  readonly issuer?: string;
  readonly audience?: string;
  /** Seconds for which a token may be valid at most. */
  readonly maxLifetime?: number;
  /** The role of tokens that name none of ours. */
  readonly defaultRole: Role;
  /** The claims with the roles and with the organization, as dotted paths. */
  readonly rolesClaim: string;
  readonly orgClaim: string;
  readonly requireOrg: boolean;
};

export interface Config {
  readonly host: string;
  /** 0 stands for any free port. */
  readonly port: number;
  readonly store: StoreLocation;
  /** How many processes serve the port. */
  readonly workers: number;
  /** Whether a store that is not there is created at start, and one of an earlier release brought up to date. */
  readonly storeMigrate: boolean;
  /** The server speaks plain HTTP if absent. */
  readonly tls?: TlsFiles;
  readonly auth: AuthSetting;
  /** Where people sign in to the console; with tokens alone if absent. */
  readonly openId?: OpenIdSettings;
  /** Origins of other sites' pages that may use the server. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks. */
  readonly trustedProxies: readonly string[];
  readonly limits: RequestLimitSettings;
  readonly addressLimits: AddressLimitSettings;
  readonly operationLimits: OperationLimits;
  /** What one request may cost while it runs. */
  readonly requestBudget: BudgetLimits;
  readonly unread: UnreadLimits;
  /** Calls of each expensive field per user and minute; 0 turns the limit off. */
  readonly expensivePerMinute: number;
  readonly queries: QuerySettings;
  /** Whether clients may ask for the schema, and errors suggest fields. */
  readonly introspection: boolean;
  /** The only documents that may run; any document may run if absent. */
  readonly manifest?: DocumentManifest;
  /** Bytes. */
  readonly bodyLimit: number;
  readonly entryLimits: EntryLimits;
  /** About how many bytes the response cache may take; 0 turns it off. */
  readonly responseCacheBytes: number;
  /** Similarity of wording at which an export counts rows as duplicates, 0.9 to 1. */
  readonly exportSimilarity: number;
  readonly live: LiveSettings;
  /** Entries are kept forever if absent. */
  readonly retention?: RetentionPolicy;
  /** Whether a user's further vote on the same answer of an interaction changes their entry, or is a new one. */
  readonly revote: 'update' | 'new';
  /** Whether entries are indexed for search. */
  readonly search: boolean;
  readonly webhooks: {
    /** Whether this server sends them. */
    readonly isOn: boolean;
    /** Whether they may reach addresses that are not public, and without TLS. */
    readonly allowPrivate: boolean;
  };
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  /** Whether the log has a line for each request. */
  readonly accessLog: boolean;
  /** What is sent to an OpenTelemetry collector; nothing if absent. */
  readonly telemetry?: TelemetrySettings;
  /** Its config is not validated yet. */
  readonly validationPlugin?: readonly PluginSetting[];
}

/** Invalid settings: one line each, naming the setting as it was given and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Reads each setting from its flag, else the environment, else the file that `--config` or `FEEDBACK_CONFIG` names, else
 * takes its default. Relative paths are resolved against the working directory.
 * @param onDeprecation called with one sentence for each setting that is given by a former name
 * @throws {ConfigError} with everything that is wrong.
 */
export function loadConfig(
  environment: NodeJS.ProcessEnv,
  flags: Flags = {},
  onDeprecation: (message: string) => void = () => undefined,
): Config {
  const read = readSources(environment, flags, onDeprecation);
  const store = read.withDefault(SETTINGS.store);
  const issuer = read.optional(SETTINGS.jwtIssuer);
  const audience = read.optional(SETTINGS.jwtAudience);
  const maxLifetime = read.optional(SETTINGS.tokenMaxLifetime);
  const validationPlugin = read.fromFile(FILE_SETTINGS.validationPlugin);
  const production = environment.NODE_ENV === 'production';
  const manifest = read.optional(SETTINGS.persistedOnly);
  const tls = readTls(read);
  const key = readKey(read, production);
  const openId = readOpenId(read);
  const retention = read.optional(SETTINGS.retention);
  const telemetry = readTelemetry(environment, read.withDefault(SETTINGS.telemetryComments) === 'on', read.problems);
  const config: Config = {
    host: read.withDefault(SETTINGS.host),
    port: read.withDefault(SETTINGS.port),
    store,
    workers: readWorkers(read, store),
    storeMigrate: read.withDefault(SETTINGS.storeMigrate) === 'on',
    ...(tls !== undefined && { tls }),
    auth: {
      ...(key ?? defaultKey(store)),
      ...(issuer !== undefined && { issuer }),
      ...(audience !== undefined && { audience }),
      ...(maxLifetime !== undefined && { maxLifetime }),
      defaultRole: read.withDefault(SETTINGS.defaultRole),
      rolesClaim: read.withDefault(SETTINGS.rolesClaim),
      orgClaim: read.withDefault(SETTINGS.orgClaim),
      requireOrg: read.withDefault(SETTINGS.requireOrg) === 'on',
    },
    ...(openId !== undefined && { openId }),
    corsOrigins: read.optional(SETTINGS.corsOrigins) ?? [],
    trustedProxies: read.optional(SETTINGS.trustedProxies) ?? [],
    limits: {
      userPerMinute: read.withDefault(SETTINGS.limitUserPerMinute),
      orgPerHour: read.withDefault(SETTINGS.limitOrgPerHour),
    },
    addressLimits: {
      requestsPerMinute: read.withDefault(SETTINGS.limitAddressPerMinute),
      connections: read.withDefault(SETTINGS.limitAddressConnections),
    },
    operationLimits: {
      documentBytes: read.withDefault(SETTINGS.limitDocumentBytes),
      tokens: read.withDefault(SETTINGS.limitTokens),
      aliases: read.withDefault(SETTINGS.limitAliases),
      directives: read.withDefault(SETTINGS.limitDirectives),
      depth: read.withDefault(SETTINGS.limitDepth),
      cost: read.withDefault(SETTINGS.limitCost),
    },
    requestBudget: {
      answerBytes: read.withDefault(SETTINGS.limitAnswerBytes),
      readKeys: read.withDefault(SETTINGS.limitReadKeys),
    },
    unread: {
      bytes: read.withDefault(SETTINGS.limitUnreadBytes),
      seconds: read.withDefault(SETTINGS.writeTimeout),
    },
    expensivePerMinute: read.withDefault(SETTINGS.limitExpensivePerMinute),
    queries: {
      budget: {
        timeMs: read.withDefault(SETTINGS.queryTime),
        rows: read.withDefault(SETTINGS.queryRows),
        bytes: read.withDefault(SETTINGS.queryMemory),
        paths: read.withDefault(SETTINGS.queryPaths),
      },
      atOnce: read.withDefault(SETTINGS.queriesAtOnce),
    },
    introspection: (read.optional(SETTINGS.introspection) ?? (production ? 'off' : 'on')) === 'on',
    ...(manifest !== undefined && { manifest }),
    bodyLimit: read.withDefault(SETTINGS.bodyLimit),
    entryLimits: {
      textCharacters: read.withDefault(SETTINGS.limitTextCharacters),
      entryBytes: read.withDefault(SETTINGS.limitEntryBytes),
    },
    responseCacheBytes: read.withDefault(SETTINGS.responseCache),
    exportSimilarity: read.withDefault(SETTINGS.exportSimilarity),
    live: {
      connectionsPerUser: read.withDefault(SETTINGS.liveConnectionsPerUser),
      subscriptionsPerUser: read.withDefault(SETTINGS.liveSubscriptionsPerUser),
      bufferBytes: read.withDefault(SETTINGS.liveBuffer),
      heartbeatSeconds: read.withDefault(SETTINGS.liveHeartbeat),
      initSeconds: read.withDefault(SETTINGS.liveInitSeconds),
      unknownConnections: read.withDefault(SETTINGS.liveUnknown),
      unknownPerAddress: read.withDefault(SETTINGS.liveUnknownPerAddress),
    },
    ...(retention !== undefined && { retention }),
    revote: read.withDefault(SETTINGS.revote),
    search: read.withDefault(SETTINGS.search) === 'on',
    webhooks: {
      isOn: read.withDefault(SETTINGS.webhooks) === 'on',
      allowPrivate: read.withDefault(SETTINGS.webhooksAllowPrivate) === 'on',
    },
    logLevel: read.withDefault(SETTINGS.logLevel),
    logFormat: read.withDefault(SETTINGS.logFormat),
    accessLog: read.withDefault(SETTINGS.accessLog) === 'on',
    ...(telemetry !== undefined && { telemetry }),
    ...(validationPlugin !== undefined && { validationPlugin }),
  };
  if (openId !== undefined && openId.issuer === issuer && (key === undefined || key.kind === 'secret')) {
    // It would be unclear whose key a token of this issuer must be signed with.
    read.problems.push(
      `${SETTINGS.oidcIssuer.name} must not be ${SETTINGS.jwtIssuer.name} while tokens are signed with a secret: no issuer of OpenID Connect knows it`,
    );
  }
  if (read.problems.length > 0) throw new ConfigError(read.problems);
  return config;
}

const KEY_SETTINGS = [SETTINGS.jwtSecret, SETTINGS.jwtPublicKey, SETTINGS.jwksUrl];
const KEY_NAMES = KEY_SETTINGS.map(({ name }) => name).join(', ');

function readKey(read: Sources, production: boolean): KeySource | undefined {
  const secret = read.optional(SETTINGS.jwtSecret);
  const pem = read.optional(SETTINGS.jwtPublicKey);
  const url = read.optional(SETTINGS.jwksUrl);

  const given = KEY_SETTINGS.map(read.labelOf).filter((label) => label !== undefined);
  if (given.length > 1) read.problems.push(`Only one of ${KEY_NAMES} can be set, not ${given.join(' and ')}`);
  if (given.length === 0 && production) {
    read.problems.push(`With NODE_ENV=production one of ${KEY_NAMES} must be set: the key that verifies tokens`);
  }

  if (secret !== undefined) return { kind: 'secret', secret };
  if (pem !== undefined) return { kind: 'publicKey', pem };
  if (url !== undefined) return { kind: 'jwks', url };
  return undefined;
}

function readTls(read: Sources): TlsFiles | undefined {
  const { tlsCert, tlsKey } = SETTINGS;
  const cert = read.optional(tlsCert);
  const key = read.optional(tlsKey);
  if (cert !== undefined && key !== undefined) return { cert, key };
  const isSet = (setting: typeof tlsCert | typeof tlsKey): boolean => read.labelOf(setting) !== undefined;
  if (isSet(tlsCert) !== isSet(tlsKey)) {
    const [given, missing] = isSet(tlsCert) ? [tlsCert, tlsKey] : [tlsKey, tlsCert];
    read.problems.push(`${given.name} needs ${missing.name}: TLS takes a certificate and its private key`);
  }
  return undefined;
}

function readOpenId(read: Sources): OpenIdSettings | undefined {
  const { oidcIssuer, oidcClientId, oidcClientSecret } = SETTINGS;
  const issuer = read.optional(oidcIssuer);
  const clientId = read.optional(oidcClientId);
  const clientSecret = read.optional(oidcClientSecret);
  const scopes = read.withDefault(SETTINGS.oidcScopes);
  const parameters = read.optional(SETTINGS.oidcParameters);
  if (issuer !== undefined && clientId !== undefined) {
    return {
      issuer,
      clientId,
      scopes,
      ...(clientSecret !== undefined && { clientSecret }),
      ...(parameters !== undefined && { parameters }),
    };
  }
  const isSet = (setting: typeof oidcIssuer | typeof oidcClientId): boolean => read.labelOf(setting) !== undefined;
  if (isSet(oidcIssuer) !== isSet(oidcClientId)) {
    const [given, missing] = isSet(oidcIssuer) ? [oidcIssuer, oidcClientId] : [oidcClientId, oidcIssuer];
    read.problems.push(`${given.name} needs ${missing.name}: sign-in takes an issuer and the id of a client there`);
  } else if (!isSet(oidcIssuer) && read.labelOf(oidcClientSecret) !== undefined) {
    read.problems.push(`${oidcClientSecret.name} needs ${oidcIssuer.name} and ${oidcClientId.name}`);
  }
  return undefined;
}

function readWorkers(read: Sources, store: StoreLocation): number {
  const workers = read.withDefault(SETTINGS.workers);
  if (workers > 1 && directoryOf(store) !== undefined) {
    read.problems.push(
      `${SETTINGS.workers.name} above 1 needs a store in PostgreSQL: a directory is used by one process alone`,
    );
  }
  return workers;
}

/** What verifies tokens where no key is configured: a secret of our own next to the data, so that no copy of the data contains it. */
function defaultKey(
  store: StoreLocation,
): { readonly kind: 'ownSecret'; readonly path: string } | { readonly kind: 'none'; readonly problem: string } {
  const directory = directoryOf(store);
  if (directory !== undefined) return { kind: 'ownSecret', path: `${directory}.secret` };
  const problem = `With a store that several servers can share one of ${KEY_NAMES} must be set: the key with which all of them verify tokens`;
  return { kind: 'none', problem };
}
