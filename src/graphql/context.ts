import type { AccessTrail } from '../audit/access-trail.js';
import type { Actor } from '../audit/events.js';
import { createIdempotency, createIdempotencyOfPieces, type Idempotency } from '../audit/idempotency.js';
import { type ConcurrencyGate, createConcurrencyGate } from '../concurrency-gate.js';
import type { SimilarEntries } from '../feedback/similar.js';
import type { Principal } from '../principal.js';
import type { ValidationServices } from '../services.js';
import type { TokenServices } from '../tokens/tokens.js';
import type { PluginReport } from '../validation/registry.js';
import type { WebhookServices } from '../webhooks/manage.js';
import { type BudgetLimits, DEFAULT_BUDGET_LIMITS, RequestBudget } from './budget/request-budget.js';
import type { RunGraphQuery, TakenTime } from './graph-queries.js';
import { createLoaders, type Loaders } from './loaders.js';
import { jsonPieces } from './scheduling/json-pieces.js';
import type { OperationTask } from './scheduling/scheduler.js';
import type { ServerLimits } from './server-limits.js';

/** What the resolvers work on; made once at start. */
export interface Services extends ValidationServices {
  /** What the validation plugins have done. */
  readonly plugins?: () => Promise<readonly PluginReport[]>;
  readonly graphQueries?: RunGraphQuery;
  /** Issues and revokes tokens. */
  readonly tokens?: TokenServices;
  /** What one request may cost while it runs. */
  readonly budget?: BudgetLimits;
  readonly accessTrail?: AccessTrail;
  /** Finds entries that are similar to one. */
  readonly similar?: SimilarEntries;
  /** How alike the wording of two rows of an export is that are taken for one. */
  readonly exportSimilarity?: number;
  /** Limits that clients may ask for. */
  readonly limits?: ServerLimits;
  /** Absent where nothing is sent. */
  readonly webhooks?: WebhookServices;
  /** Whether the server indexes entries for search; it does if absent. */
  readonly search?: boolean;
}

/** The graph queries of one request. */
export interface GraphQueriesOfRequest {
  /** Lets them run one after the other: together they would take the places of one another. */
  readonly enter: ConcurrencyGate;
  /** What those that have run took together. */
  readonly taken: TakenTime;
}

/** What one request knows: on whose behalf it runs, and what it has loaded. */
export interface RequestContext {
  readonly services: Services;
  readonly principal: Principal;
  readonly actor: Actor;
  readonly loaders: Loaders;
  /** What the request has cost so far. */
  readonly budget?: RequestBudget;
  readonly graphQueries: GraphQueriesOfRequest;
  /** The turns in which the operation runs; without one it runs in one go. */
  readonly task?: OperationTask;
  /** Calls the listener once the client of the request is gone; answers what forgets the listener. */
  readonly whenGone?: (listener: () => void) => () => void;
  /** Called by a field whose value may differ the next time although nothing in the store has changed. */
  readonly markUncacheable?: () => void;
  /** Whether the document is a client's own, so that what it is refused is told by its fields, and not by a route. */
  readonly isOfClient?: boolean;
  /** Whether the answer is sent as its body is written, so that parts of its data may be JSON already. */
  readonly sendsJson?: boolean;
  /** The idempotency of one of this request's mutations, if its client has sent a key. */
  readonly idempotency: (operation: string, asked: unknown) => Idempotency | undefined;
  /** The same where the arguments may be megabytes: they are hashed in turns. */
  readonly idempotencyOfMuch: (operation: string, asked: unknown) => Promise<Idempotency | undefined>;
}

export interface RequestOptions extends Pick<RequestContext, 'whenGone' | 'task' | 'sendsJson'> {
  readonly idempotencyKey?: string;
  /** The most fields of an answer to a document that is not one of ours. */
  readonly answerFields?: number;
}

export function createRequestContext(
  services: Services,
  principal: Principal,
  requestId: string,
  { idempotencyKey, whenGone, task, answerFields, sendsJson }: RequestOptions = {},
): RequestContext {
  const actor: Actor = { sub: principal.sub, org: principal.org, requestId };
  const budget = new RequestBudget(services.budget ?? DEFAULT_BUDGET_LIMITS, answerFields);
  const context = new LoadingContext(services, principal, actor, budget, idempotencyKey);
  if (whenGone !== undefined) context.whenGone = whenGone;
  if (task !== undefined) context.task = task;
  if (answerFields !== undefined) context.isOfClient = true;
  if (sendsJson === true) context.sendsJson = true;
  return context;
}

/** A context with more in it. A spread would leave out what the class gives. */
export function extendContext<Context extends RequestContext, More extends object>(
  context: Context,
  more: More,
): Context & More {
  const extended = Object.create(Object.getPrototypeOf(context) as object | null) as Context;
  return Object.assign(extended, context, more);
}

/**
 * A class, as V8 holds on to the closure of a getter in an object literal until a major collection: with the loaders that
 * is 2 MB at every scavenge of a busy server, and pauses of 12 to 16 ms.
 */
class LoadingContext implements RequestContext {
  whenGone?: NonNullable<RequestContext['whenGone']>;
  task?: OperationTask;
  isOfClient?: boolean;
  sendsJson?: boolean;
  private made: Loaders | undefined;
  private ofGraph: GraphQueriesOfRequest | undefined;

  constructor(
    readonly services: Services,
    readonly principal: Principal,
    readonly actor: Actor,
    readonly budget: RequestBudget,
    private readonly idempotencyKey: string | undefined,
  ) {}

  /** Made when they are asked for: a cached answer loads nothing. */
  get loaders(): Loaders {
    return (this.made ??= createLoaders(this.services.store, this.principal.org, this));
  }

  get graphQueries(): GraphQueriesOfRequest {
    return (this.ofGraph ??= { enter: createConcurrencyGate(1), taken: { ms: 0 } });
  }

  readonly idempotency = (operation: string, asked: unknown): Idempotency | undefined => {
    const { services, actor, idempotencyKey: key } = this;
    if (key === undefined) return undefined;
    return createIdempotency(services.keyedHash, actor, key, operation, asked, services.now());
  };

  readonly idempotencyOfMuch = async (operation: string, asked: unknown): Promise<Idempotency | undefined> => {
    const { services, actor, idempotencyKey: key } = this;
    if (key === undefined) return undefined;
    return createIdempotencyOfPieces(services.keyedHash, actor, key, operation, jsonPieces(asked), services.now());
  };
}

/** Does work that may end early once the client of its request has gone. */
export async function unlessGone<Done>(
  { whenGone }: Pick<RequestContext, 'whenGone'>,
  work: (gone: AbortSignal) => Promise<Done>,
): Promise<Done> {
  const gone = new AbortController();
  const forget = whenGone?.(() => gone.abort());
  try {
    return await work(gone.signal);
  } finally {
    forget?.();
  }
}
