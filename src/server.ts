import { randomUUID } from 'node:crypto';
import { type DestinationStream, pino } from 'pino';
import { createAccessTrail } from './audit/access-trail.js';
import { createChangeFeed } from './audit/change-feed.js';
import { loadKeyedHash, loadTokenSecret, loadWebhookSecret } from './audit/keyed-hash.js';
import { type AuthSetting, type Config, ConfigError } from './config/config.js';
import { serverLimits } from './config/server-limits.js';
import { startBulkWorker } from './feedback/bulk/worker.js';
import { countAdapterDays } from './feedback/index/adapter-days.js';
import { startPendingKeeper } from './feedback/pending.js';
import { createPluginHost, tellPlugins } from './feedback/plugin-host.js';
import { OTHERS_PURGE_AFTER, retryPurges } from './feedback/purge.js';
import { startSearchIndexer } from './feedback/search/indexer.js';
import { createSimilarEntries } from './feedback/similar.js';
import { startSweeper } from './feedback/sweeper.js';
import { withAnswerBudget } from './graphql/budget/answer-budget.js';
import type { Services } from './graphql/context.js';
import { createExecution, createExecutor } from './graphql/execution.js';
import { guardExpensiveFields } from './graphql/expensive-fields.js';
import { createGraphQueries } from './graphql/graph-queries.js';
import { createRequestPreparation } from './graphql/operations/prepared.js';
import { withResponseCache } from './graphql/response-cache.js';
import { createScheduler } from './graphql/scheduling/scheduler.js';
import { createSchema } from './graphql/schema.js';
import { createAccessLog } from './http/access-log.js';
import { type Application, createApplication, drainAndClose } from './http/application.js';
import { createAuthenticator, OWN_KEY_ID } from './http/authentication.js';
import { createClientAddresses } from './http/client-address.js';
import { limitConnections } from './http/connection-limit.js';
import { consolePage } from './http/console-page.js';
import { allowOrigins } from './http/cors.js';
import { docsPage } from './http/docs-page.js';
import { graphqlEndpoint } from './http/graphql-endpoint.js';
import { guard } from './http/guard.js';
import { healthRoutes } from './http/health.js';
import { indexPage } from './http/index-page.js';
import type { KeySource } from './http/keys.js';
import { listenAt, urlOf } from './http/listen.js';
import { createConcurrencyLimit } from './http/live-limits.js';
import { logOnce } from './http/log-once.js';
import { metricsRoute } from './http/metrics.js';
import { createOpenIdClient } from './http/openid/client.js';
import { openIdRoutes } from './http/openid/routes.js';
import { graphiqlPage } from './http/pages.js';
import { createFindDocument } from './http/persisted-documents.js';
import { createRequestLimits } from './http/request-limits.js';
import { ensureOwnSecret } from './http/secret.js';
import { createSignIn } from './http/sign-in.js';
import { readTlsFiles, replaceCertificate } from './http/tls.js';
import { signClaims } from './http/token-signer.js';
import { boundUnreadAnswers } from './http/unread-answers.js';
import { subscriptionEndpoint } from './live/subscriptions.js';
import { startRetention } from './maintenance/retention/retention.js';
import { restRoutes } from './rest/routes.js';
import { withAppendListener } from './store/append-listener.js';
import type { Key, Store } from './store/contract.js';
import { directoryOf } from './store/engines.js';
import { openStore } from './store/open.js';
import { createWindowCounts } from './store/window-counts.js';
import type { Telemetry } from './telemetry/telemetry.js';
import { loadRevocations, type Revocations } from './tokens/revocations.js';
import { type BatchWorker, startBatchWorker } from './training/background.js';
import { reapExpiredLeases, logFailure, startLeaseReaper } from './training/work.js';
import { startValidation, type Validation } from './validation/registry.js';
import { packageVersion } from './version.js';
import { createNameServerResolve, resolveHost } from './webhooks/addresses.js';
import { createSender } from './webhooks/send.js';
import { startWebhookWorker, type WebhookWorker } from './webhooks/worker.js';

/** Users, organizations and fields whose requests are counted; beyond, those that were idle longest start afresh. */
const COUNTED_NAMES = 200_000;

export interface LiveCounts {
  /** WebSockets and change streams. */
  readonly connections: number;
  /** GraphQL subscriptions. */
  readonly subscriptions: number;
  /** Places in change feeds that are followed: one for each subscription and change stream. */
  readonly followers: number;
}

export interface RunningServer {
  /** Where it answers, with the real port. */
  readonly url: string;
  /** What is live now. */
  live(): LiveCounts;
  /**
   * Reads the files of the certificate and its key again, for connections from then on. Files that cannot be used are
   * logged, and change nothing.
   */
  reloadTls(): Promise<void>;
  /** Refuses new requests, finishes accepted ones, and closes the store. Idempotent. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** A store that is open and that other servers may use as well, in place of the one that the settings name. It stays open. */
  readonly sharedStore?: Store;
  readonly prepare?: (services: Services) => Promise<void>;
  readonly log?: DestinationStream;
}

/**
 * Composes the server and starts it, with what is told to a collector of OpenTelemetry where the settings ask for that.
 * @param prepare runs before the first request is taken.
 * @param log takes the JSON lines of the log; standard error unless given.
 * @throws {TlsFileError} if the certificate or its key cannot be used
 * @throws {ConfigError} if there is no key that verifies tokens
 * @throws if another setting does not hold, the store cannot be opened or the address is taken; nothing keeps running then.
 */
export async function startServer(config: Config, options: StartOptions = {}): Promise<RunningServer> {
  const { log = pino.destination(2) } = options;
  const serverName = randomUUID();
  const given = { ...options, log, serverName };
  if (config.telemetry === undefined) return composeServer(config, given);
  const { startTelemetry } = await import('./telemetry/telemetry.js');
  const telemetry = startTelemetry(config.telemetry, { instance: serverName, log, level: config.logLevel });
  try {
    return await composeServer(config, given, telemetry);
  } catch (error) {
    await telemetry.stop();
    throw error;
  }
}

async function composeServer(
  config: Config,
  {
    prepare,
    sharedStore,
    log,
    serverName,
  }: StartOptions & { readonly log: DestinationStream; readonly serverName: string },
  telemetry?: Telemetry,
): Promise<RunningServer> {
  const logger = pino(
    {
      level: config.logLevel,
      redact: ['req.headers.authorization'],
      ...(telemetry !== undefined && { mixin: telemetry.logFields }),
    },
    telemetry?.logTo(log) ?? log,
  );
  const { auth } = config;
  const source = await resolveKeySource(auth);
  let isRevoked: Revocations['isRevoked'] = () => false;
  let issuedWith: string | undefined;
  const keySet = { onFailure: (error: unknown) => logger.warn({ err: error }, 'the key set could not be fetched') };
  const openId =
    config.openId &&
    createOpenIdClient(config.openId, {
      keySet,
      discovery: {
        onFailure: (error) =>
          logger.warn({ err: error }, 'the metadata of the OpenID Connect issuer could not be read'),
      },
    });
  const authenticate = createAuthenticator(source, {
    issuer: auth.issuer,
    audience: auth.audience,
    maxLifetime: auth.maxLifetime,
    defaultRole: auth.defaultRole,
    rolesClaim: auth.rolesClaim,
    orgClaim: auth.orgClaim,
    requireOrg: auth.requireOrg,
    isRevoked: (principal) => isRevoked(principal),
    issuedWith: () => issuedWith,
    onUnknownNames: logOnce((names) => logger.warn({ names }, 'tokens name roles that this server does not know')),
    openId: openId && { ...openId.settings, getKey: openId.getKey },
    keySet,
  });
  const tls = config.tls && (await readTlsFiles(config.tls));
  const store = sharedStore ?? (await openStore(config.store, { logger, migrate: config.storeMigrate }));
  const { purgeDueSince } = store.health;
  if (purgeDueSince !== undefined) {
    logger.warn(
      { since: new Date(purgeDueSince).toISOString() },
      "files of the database still contain what was erased: run 'feedback-graph purge'",
    );
  }
  const closeStore = (): Promise<void> => (sharedStore === undefined ? store.close() : Promise.resolve());
  /** Whether other servers may work on the same data now. */
  const isShared = sharedStore !== undefined || directoryOf(config.store) === undefined;
  const countCharges = store.sharedCounts?.charge ?? createWindowCounts({ maxNames: COUNTED_NAMES }).charge;
  const limits = createRequestLimits(config.limits, countCharges);
  let validation: Validation | undefined;
  let made: Application | undefined;
  /** What works in the background: stopped with the server, and also where it does not come to start. */
  const keepers: { readonly stop: () => Promise<unknown> }[] = [];
  const keep = <Keeper extends (typeof keepers)[number]>(keeper: Keeper): Keeper => {
    keepers.push(keeper);
    return keeper;
  };
  const stopKeepers = () => Promise.all(keepers.map((keeper) => keeper.stop()));
  try {
    // A disk that is too full to rewrite files must not prevent reads; the sweeper tries again.
    const othersBefore = isShared ? store.now() - OTHERS_PURGE_AFTER : Infinity;
    await retryPurges(store, { serverName, othersBefore }).catch((error: unknown) => {
      logger.error({ err: error }, 'files of the store still contain erased feedback');
    });
    const keyedHash = await loadKeyedHash(store);
    await countAdapterDays(store).catch((error: unknown) => {
      // The next start goes on with it.
      logger.error({ err: error }, 'the entries of adapters could not be counted by day');
    });
    const signing =
      source.kind === 'secret'
        ? { secret: source.secret }
        : { secret: await loadTokenSecret(store), keyId: OWN_KEY_ID };
    if (signing.keyId !== undefined) issuedWith = signing.secret;
    const revocations = keep(await loadRevocations(store, keyedHash));
    isRevoked = (principal) => revocations.isRevoked(principal);
    // It looks at intervals, as what this server stores is no news.
    const othersChanges = isShared ? createChangeFeed(store) : undefined;
    keep({ stop: () => Promise.resolve(othersChanges?.close()) });
    const plugins = await startValidation(config.validationPlugin, {
      host: createPluginHost(store, keyedHash, othersChanges),
      logger,
      around: telemetry?.aroundPlugin,
    });
    validation = plugins;
    const changes = createChangeFeed(store);
    // Apart from the one that clients follow, who are counted.
    const webhookChanges = config.webhooks.isOn ? createChangeFeed(store) : undefined;
    keep({ stop: () => Promise.resolve(webhookChanges?.close()) });
    let noticeAppended: (prefixes: ReadonlySet<Key>) => void = () => undefined;
    const system = config.store.engine === 'postgres' ? 'postgresql' : config.store.engine;
    const tracedStore = telemetry?.traceStore(store, system) ?? store;
    const judging = {
      store: withAppendListener(tracedStore, (prefixes) => {
        changes.wake(prefixes);
        webhookChanges?.wake(prefixes);
        noticeAppended(prefixes);
      }),
      keyedHash,
      serverName,
      validate: plugins.validate,
      keepsVotes: config.revote === 'new',
      now: () => store.now(),
      entryLimits: config.entryLimits,
    };
    const accessTrail = keep(
      createAccessTrail(judging, (error) => {
        logger.warn({ err: error }, 'what was counted for the audit log could not be recorded');
      }),
    );
    let noticePending: (org: string) => void = () => undefined;
    let noticeBulkOperation: (org: string, id: string) => void = () => undefined;
    let noticeTrainingBatch: BatchWorker['notice'] = () => undefined;
    const { allowPrivate } = config.webhooks;
    const webhookRules = { allowPrivate, resolve: allowPrivate ? resolveHost : createNameServerResolve() };
    const webhookSecret = await loadWebhookSecret(store);
    let webhooks: WebhookWorker | undefined;
    const tellOfStored = tellPlugins(plugins.stored);
    const services: Services = {
      ...judging,
      ...(telemetry !== undefined && { judged: telemetry.judged }),
      stored: (org, entry) => {
        tellOfStored(org, entry);
        if (entry.validationStatus === 'pending') noticePending(org);
      },
      pending: (org) => noticePending(org),
      bulkOperation: (org, id) => noticeBulkOperation(org, id),
      trainingBatch: (actor, number) => noticeTrainingBatch(actor, number),
      plugins: plugins.report,
      similar: createSimilarEntries(judging),
      graphQueries: createGraphQueries(judging, config.queries),
      tokens: {
        sign: (claims) => signClaims(signing.secret, auth, claims, signing.keyId),
        maxLifetime: auth.maxLifetime,
        revocations,
      },
      budget: config.requestBudget,
      accessTrail,
      exportSimilarity: config.exportSimilarity,
      limits: serverLimits(config),
      search: config.search,
      webhooks: {
        isOn: config.webhooks.isOn,
        rules: webhookRules,
        secretOf: webhookSecret,
        notice: (org, id) => webhooks?.notice(org, id),
      },
    };
    await reapExpiredLeases(services, {
      // What another process has left in its middle is abandoned where none can be at it.
      ...(!isShared && { abandonedAfter: 0 }),
      onFailure: logFailure(logger),
    });
    await prepare?.(services);
    const schema = createSchema();
    guardExpensiveFields(schema, { perMinute: config.expensivePerMinute, count: countCharges });
    const cached = withResponseCache(withAnswerBudget(createExecution(schema)), config.responseCacheBytes);
    const execute = telemetry?.traceOperations(cached) ?? cached;
    const scheduler = createScheduler();
    const accessLog = config.accessLog ? createAccessLog(logger, telemetry?.withinRequest) : undefined;
    const application = createApplication({
      logger,
      tls,
      accessLog,
      bodyLimit: config.bodyLimit,
      trustedProxies: config.trustedProxies,
    });
    made = application;
    await telemetry?.traceRequests(application);
    const addresses = createClientAddresses(config.trustedProxies);
    limitConnections(application, config.addressLimits.connections, addresses);
    boundUnreadAnswers(application, config.unread);
    await allowOrigins(application, config.corsOrigins);
    const { signIn, countAnonymous, failures } = createSignIn({
      authenticate,
      addresses,
      perMinute: config.addressLimits.requestsPerMinute,
      logger,
      now: Date.now,
    });
    guard(application, signIn, limits.consume, countAnonymous, accessTrail);
    healthRoutes(application, store, plugins.failing);
    openIdRoutes(application, {
      client: openId,
      authenticate,
      addresses,
      isLimited: config.addressLimits.requestsPerMinute > 0,
      now: Date.now,
    });
    const connections = createConcurrencyLimit(config.live.connectionsPerUser);
    const subscriptions = createConcurrencyLimit(config.live.subscriptionsPerUser);
    const live = (): LiveCounts => ({
      connections: connections.taken,
      subscriptions: subscriptions.taken,
      followers: changes.followers,
    });
    const metrics = metricsRoute(application, {
      store,
      plugins: plugins.report,
      live,
      signInFailures: failures,
      webhooks: () => webhooks?.counts(),
    });
    telemetry?.sendMetrics(metrics);
    await restRoutes(application, {
      run: createExecutor(schema, execute, scheduler),
      services,
      consume: limits.consume,
      live: { changes, revocations, connections, settings: config.live },
      bodyLimit: config.bodyLimit,
      similarity: config.exportSimilarity,
    });
    keep(startSweeper(store, logger, { serverName, isShared }));
    if (config.search) {
      const by = isShared ? { serverName, now: () => store.now() } : undefined;
      noticeAppended = keep(startSearchIndexer(store, logger, by)).notice;
    }
    keep(startLeaseReaper(services, logger));
    const watch = telemetry?.watchWork;
    noticeTrainingBatch = keep(startBatchWorker(services, logger, watch)).notice;
    noticeBulkOperation = keep(startBulkWorker(services, logger, isShared, watch)).notice;
    noticePending = keep(startPendingKeeper(judging, logger, watch)).notice;
    if (webhookChanges !== undefined) {
      webhooks = keep(
        startWebhookWorker({
          store: judging.store,
          keyedHash,
          changes: webhookChanges,
          now: judging.now,
          server: { name: serverName, isShared },
          secretOf: webhookSecret,
          send: createSender(webhookRules),
          ...(telemetry !== undefined && { around: telemetry.aroundWebhook }),
          userAgent: `feedback-graph/${packageVersion()}`,
          logger,
        }),
      );
    }
    if (config.retention !== undefined) keep(startRetention(services, config.retention, logger, watch));
    application.addHook('onClose', async () => {
      await stopKeepers();
    });
    const prepareRequest = createRequestPreparation(schema, {
      limits: config.operationLimits,
      introspection: config.introspection,
    });
    const findDocument = createFindDocument(config.manifest);
    await graphqlEndpoint(application, {
      schema,
      execute,
      services,
      prepareRequest,
      findDocument,
      consume: limits.consume,
      answerFields: config.operationLimits.cost,
      scheduler,
      suggestions: config.introspection,
    });
    subscriptionEndpoint(application, {
      schema,
      services,
      prepareRequest,
      findDocument,
      answerFields: config.operationLimits.cost,
      scheduler,
      changes,
      signIn,
      revocations,
      consume: limits.consume,
      settings: config.live,
      addresses,
      origins: config.corsOrigins,
      connections,
      subscriptions,
      accessLog,
      watch,
    });
    application.addHook('preClose', (done) => {
      changes.close();
      done();
    });
    indexPage(application);
    consolePage(application);
    graphiqlPage(application);
    docsPage(application);
    if (hasSharedLimits(config)) await store.sharedCounts?.start();
    await listenAt(application, config.host, config.port);

    let stopped: Promise<void> | undefined;
    return {
      url: urlOf(application, tls === undefined ? 'http' : 'https', config.host),
      live,
      reloadTls: async () => {
        if (config.tls === undefined) return;
        try {
          replaceCertificate(application.server, await readTlsFiles(config.tls));
          logger.info('the TLS certificate was reloaded');
        } catch (error) {
          const problem = error instanceof Error ? error.message : String(error);
          logger.error({ problem }, 'the TLS certificate was not reloaded; the one before stays in use');
        }
      },
      stop: () => (stopped ??= stop(application, plugins, closeStore, telemetry)),
    };
  } catch (error) {
    await made?.close();
    await stopKeepers();
    await validation?.stop();
    await closeStore();
    throw error;
  }
}

/** Whether anything is limited that all servers count together. */
function hasSharedLimits({ limits, expensivePerMinute }: Config): boolean {
  return limits.userPerMinute > 0 || limits.orgPerHour > 0 || expensivePerMinute > 0;
}

/** The configured keys, or the secret that was made for this store at its first start. */
async function resolveKeySource(auth: AuthSetting): Promise<KeySource> {
  if (auth.kind === 'none') throw new ConfigError([auth.problem]);
  return auth.kind === 'ownSecret' ? { kind: 'secret', secret: await ensureOwnSecret(auth.path) } : auth;
}

async function stop(
  application: Application,
  validation: Validation,
  closeStore: () => Promise<void>,
  telemetry: Telemetry | undefined,
): Promise<void> {
  await drainAndClose(application);
  // Before what its last metrics are read of is closed.
  await telemetry?.stop();
  await validation.stop();
  await closeStore();
}
