import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import {
  BEFORE_ALL,
  type Change,
  type ChangeFeed,
  changesAfter,
  isAfter,
  isChangeId,
  newestChange,
} from '../audit/change-feed.js';
import { ACCESS_ACTIONS, ERASE_ACTION } from '../audit/events.js';
import { ApiError } from '../errors.js';
import { type FeedbackFilter, planFilter } from '../feedback/index/filter.js';
import { filterSelected } from '../feedback/index/matching.js';
import { findFeedback } from '../feedback/read.js';
import type { Services } from '../graphql/context.js';
import { MAX_PAGE } from '../graphql/types/connection.js';
import { AuditActionEnum } from '../graphql/types/history.js';
import type { Application } from '../http/application.js';
import { RequestSchemaError } from '../http/error-body.js';
import { requirePrincipal } from '../http/guard.js';
import { type LiveSettings, onExpiry, type ConcurrencyLimit } from '../http/live-limits.js';
import { FILTER_FIELDS } from '../model/feedback-fields.js';
import { identifier } from '../model/field-kinds.js';
import { collectFields } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import type { Reader } from '../store/contract.js';
import type { Revocations } from '../tokens/revocations.js';
import { changeStream } from './change-stream.js';
import { EXAMPLES } from './examples.js';
import { BASE } from './feedback-routes.js';
import { answer, TAGS } from './openapi.js';
import { closed, filterParameters } from './schemas.js';
import { parseScores } from './score-parameter.js';

const NOT_CHANGES: readonly string[] = ACCESS_ACTIONS;
const CHANGE_ACTIONS = Object.values(AuditActionEnum).filter((action) => !NOT_CHANGES.includes(action));

const ActionSchema = Type.Enum(CHANGE_ACTIONS, {
  type: 'string',
  description: 'The recorded action. More actions may be added.',
});

const ChangesQuery = Type.Object(
  {
    after: Type.Optional(
      Type.String({
        description:
          'Only changes after the change with this `id`. 0 (the default): all changes; now: only future changes.',
      }),
    ),
    limit: Type.Integer({
      minimum: 1,
      maximum: MAX_PAGE,
      default: 100,
      description:
        'Number of changes examined per page; with filters, fewer may be returned. A stream continues past this number.',
    }),
    action: Type.Optional(ActionSchema),
    ...filterParameters,
    adapter: Type.Optional(Type.String({ description: 'Only entries linked to this adapter.' })),
  },
  closed,
);

const ChangeAnswer = Type.Object(
  {
    id: Type.String({ description: 'Position of the change in the feed. Ids are ascending, with gaps.' }),
    at: Type.Integer({ description: 'Time of the change, in epoch milliseconds.' }),
    action: ActionSchema,
    node: Type.String({ description: 'Id of the changed entry, adapter or training batch.' }),
    version: Type.Integer({ description: 'Version of the node after the change.' }),
  },
  { title: 'Change' },
);

const ChangesAnswer = Type.Object(
  {
    changes: Type.Array(ChangeAnswer, { description: 'Changes, in commit order.' }),
    count: Type.Integer({ description: 'Number of changes returned.' }),
    next_after: Type.String({ description: 'The `after` of the next page, even if that page is still empty.' }),
    has_more: Type.Boolean({ description: 'Whether the next page already has changes.' }),
  },
  { title: 'ChangeList' },
);

export interface ChangesOptions {
  readonly services: Pick<Services, 'store' | 'keyedHash' | 'now'>;
  readonly changes: ChangeFeed;
  readonly revocations: Pick<Revocations, 'watch'>;
  /** Shared with all that is live. */
  readonly connections: ConcurrencyLimit;
  readonly settings: Pick<LiveSettings, 'heartbeatSeconds'>;
}

/** Where clients start that want to be told of nothing that was. */
const NOW = 'now';

/** What has changed, in the order of commits: page by page, or as it happens. */
export function changesRoute(application: Application, options: ChangesOptions): void {
  const { services, changes, revocations, connections, settings } = options;
  const { store } = services;

  application.get(
    `${BASE}/changes`,
    {
      config: { failure: 'Failed to read changes' },
      exposeHeadRoute: false,
      schema: {
        operationId: 'listFeedbackChanges',
        summary: 'Follow changes',
        description:
          'Returns the changes in the organization, in commit order. As `text/event-stream` (the default), the ' +
          'stream continues as changes are made. Each event has an id; a client that reconnects with the last ' +
          'one as `Last-Event-ID` (or `after`) neither misses nor repeats a change. As `application/json`, it ' +
          'is one page. Filters select entries by their current state; erasures are always included.',
        tags: [TAGS.history],
        querystring: ChangesQuery,
        response: {
          200: {
            description: 'The changes.',
            content: {
              'application/json': { schema: answer(ChangesAnswer, 'A page of changes.', EXAMPLES.changes) },
              'text/event-stream': { schema: Type.Unsafe<NodeJS.ReadableStream>({ type: 'string' }) },
            },
          },
        },
      },
    },
    async (request, reply) => {
      const { query } = request;
      const { org } = requirePrincipal(request);
      const select = createSelection(services, org, query);
      const place = readPlace(request.headers, query.after);
      const after = await store.read((reader) => resolveStart(reader, org, place));
      if (!wantsStream(request)) {
        const page = await store.read(async (reader) => {
          const found = await changesAfter(reader, org, after, query.limit + 1);
          const looked = found.slice(0, query.limit);
          return { shown: await select(reader, looked), last: looked.at(-1), hasMore: found.length > query.limit };
        });
        return reply.type('application/json').send({
          changes: [...page.shown],
          count: page.shown.length,
          next_after: page.last?.id ?? after,
          has_more: page.hasMore,
        });
      }
      return sendStream(request, reply, after, select);
    },
  );

  function sendStream(
    request: FastifyRequest,
    reply: FastifyReply,
    after: string,
    select: ReturnType<typeof createSelection>,
  ): FastifyReply {
    const principal = requirePrincipal(request);
    const release = connections.take(principal);
    if (release === undefined) {
      reply.header('retry-after', settings.heartbeatSeconds);
      throw new ApiError('RATE_LIMITED', `One user may have ${connections.maximum} live connections at once`);
    }
    const { stream, end } = changeStream(changes, {
      org: principal.org,
      after,
      heartbeat: settings.heartbeatSeconds * 1000,
      select: (page, signal) => changes.read((reader) => select(reader, page), signal),
    });
    const expiry = onExpiry(principal, services.now, end);
    const revocation = revocations.watch(principal, end);
    stream.once('close', () => {
      expiry();
      revocation();
      release();
    });
    // The connection ends with the stream, so that it does not keep a server that stops from its end.
    return reply.type('text/event-stream').headers({ 'x-accel-buffering': 'no', connection: 'close' }).send(stream);
  }
}

/** Server-sent events, unless JSON alone is asked for. */
function wantsStream({ headers: { accept = '' } }: FastifyRequest): boolean {
  return accept.includes('text/event-stream') || !accept.includes('application/json');
}

interface Place {
  readonly field: string;
  readonly id: string;
}

/** What a client that comes back says goes before what its address still says. */
function readPlace(headers: FastifyRequest['headers'], after = BEFORE_ALL): Place {
  const last = headers['last-event-id'];
  const place =
    typeof last === 'string' && last !== '' ? { field: 'Last-Event-ID', id: last } : { field: 'after', id: after };
  if (place.id !== NOW && !isChangeId(place.id)) {
    throw new RequestSchemaError([
      { field: place.field, problem: `must be the id of a change, like 12 or 12.1, or ${BEFORE_ALL} or ${NOW}` },
    ]);
  }
  return place;
}

/** @throws {RequestSchemaError} if the place is one that this store has never told of. */
async function resolveStart(reader: Reader, org: string, { field, id }: Place): Promise<string> {
  if (id === BEFORE_ALL) return id;
  const newest = await newestChange(reader, org);
  if (id === NOW) return newest;
  if (isAfter(id, newest)) {
    throw new RequestSchemaError([{ field, problem: `must not be after the newest change, which is ${newest}` }]);
  }
  return id;
}

/** Which changes of a page are shown. @throws {InvalidInputError} for a filter that no entry can fit. */
function createSelection(
  { keyedHash }: Pick<Services, 'keyedHash'>,
  org: string,
  query: Static<typeof ChangesQuery>,
): (reader: Reader, page: readonly Change[]) => Promise<readonly Change[]> {
  const { action } = query;
  const filter = toFilter(query);
  const plan = planFilter(org, filter, keyedHash);
  const isFiltered = Object.keys(filter).length > 0;
  return async (reader, page) => {
    const wanted = page.filter((change) => action === undefined || change.action === action);
    if (!isFiltered) return wanted;
    const ids = [...new Set(wanted.map(({ node }) => node))];
    const found = await findFeedback(reader, org, ids);
    const selected = await filterSelected(
      reader,
      plan,
      found.filter((each) => each !== undefined),
    );
    const shown = new Set(selected.map(({ id }) => id));
    return wanted.filter((change) => change.action === ERASE_ACTION || shown.has(change.node));
  };
}

/** @throws {RequestSchemaError} for a value that no entry can have */
function toFilter(query: Static<typeof ChangesQuery>): FeedbackFilter {
  const { type, status, unused, adapter, tag, score, since, until } = query;
  const parameters: Readonly<Record<string, unknown>> = query;
  const checked = [
    { field: 'adapter', kind: identifier() },
    { field: 'tag', kind: identifier() },
    ...FILTER_FIELDS.map((each) => ({ field: each.filter.parameter, kind: each.kind })),
  ];
  for (const { field, kind } of checked) {
    const value = parameters[field];
    const problem = value === undefined ? undefined : kind.problem(value);
    if (problem !== undefined) throw new RequestSchemaError([{ field, problem }]);
  }
  return omitNullish({
    type,
    validationStatus: status,
    use: unused === undefined ? undefined : unused ? ('unused' as const) : ('used' as const),
    adapterIds: adapter === undefined ? undefined : [adapter],
    ...collectFields(FILTER_FIELDS, ({ filter }) => parameters[filter.parameter]),
    tag,
    scores: parseScores(score),
    since,
    until,
  });
}
