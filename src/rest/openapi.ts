/** The OpenAPI 3.1 description of the API, generated from the schemas that validate requests. */
import swagger, { type SwaggerTransform } from '@fastify/swagger';
import type { TSchema } from 'typebox';
import type { Application } from '../http/application.js';
import { isJsonObject } from '../is-json-object.js';
import { requirementOf, ROUTE_PERMISSIONS } from '../permissions.js';
import { type Json, nameSchemas } from './openapi-components.js';
import {
  answerHeaders,
  type Refusal,
  refusalComponents,
  refusalResponses,
  RESPONSE_HEADERS,
  takesKey,
} from './openapi-refusals.js';
import { ChatMessageSchema, ErrorAnswer } from './schemas.js';

/** Path of the description, which is served without a token. */
export const DESCRIPTION_PATH = '/openapi.json';

declare module 'fastify' {
  interface FastifySchema {
    /** Errors specific to the route: an unknown id, the state of an entry. */
    readonly refusals?: readonly Refusal[];
    /** Whether responses carry an `ETag` (`given`), and whether requests may send it as `If-Match` (`expected`). */
    readonly entityTag?: 'given' | 'expected';
    /** Whether requests may prefer to be answered before all is done (`Prefer: respond-async`). */
    readonly respondsAsync?: true;
    /** Whether a `POST` only reads, so that it is safe to repeat without a key. */
    readonly readOnly?: true;
  }
}

export const TAGS = {
  feedback: 'Feedback',
  review: 'Review',
  adapters: 'Adapters',
  graph: 'Graph',
  training: 'Training',
  history: 'History',
  tokens: 'Tokens',
  webhooks: 'Webhooks',
  maintenance: 'Maintenance',
} as const;

const TAG_DESCRIPTIONS: Readonly<Record<(typeof TAGS)[keyof typeof TAGS], string>> = {
  Feedback: 'Judgements of language model answers: submit, retrieve, list and count.',
  Review: 'Human review of flagged entries.',
  Adapters: 'LoRA adapters and base models, their derivations and their links to feedback entries.',
  Graph: 'Queries over the graph of feedback entries, adapters and training batches.',
  Training: 'Training batches and their entries, for internal services.',
  History: 'Versions and erasure of entries.',
  Tokens: 'Short-lived tokens for browsers, and revocations.',
  Webhooks: 'Where an organization has its events sent, and what became of them.',
  Maintenance: 'Data of an entire organization.',
};

const DESCRIPTION = `Collects users' feedback on the answers of language models, validates it and stores it for LoRA fine-tuning,
as a graph of feedback entries and adapters.

Every route requires \`Authorization: Bearer <JWT>\` and gives access only to the data of the token's organization. Times are
in epoch milliseconds. Optional fields without a value are omitted from responses. The same data is available at \`/graphql\`.`;

const IDEMPOTENCY_KEY = 'IdempotencyKey';
const IF_MATCH = 'IfMatch';
const PREFER = 'Prefer';

const REQUEST_HEADERS = {
  [IDEMPOTENCY_KEY]: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A unique value chosen by the client, such as a UUID, that identifies the request. A request repeated ' +
      'with the same key within 24 hours takes effect once and returns the first response.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  },
  [IF_MATCH]: {
    name: 'If-Match',
    in: 'header',
    description: 'The `ETag` of the version to change. If `*` or omitted, whichever version is current is changed.',
    schema: { type: 'string', examples: ['"1"'] },
  },
  [PREFER]: {
    name: 'Prefer',
    in: 'header',
    description:
      'With `respond-async` (RFC 7240), what takes longer is answered 202 at once, and carried out in the background.',
    schema: { type: 'string', examples: ['respond-async'] },
  },
} as const;

/** Extensions by which {@link describeRoute} passes data to {@link finishOperation}. */
const REFUSALS = 'x-refusals';
const PARAMETERS = 'x-parameters';
const HEADERS = 'x-headers';

/** A schema as the response of a route, with its description and examples from `./examples.js`. */
export function answer<Schema extends TSchema>(schema: Schema, description: string, examples?: object): Schema {
  return {
    ...schema,
    'x-response-description': description,
    ...(examples === undefined ? {} : { 'x-examples': examples }),
  };
}

/**
 * Serves a description of all routes added later at {@link DESCRIPTION_PATH}. Routes outside `/api/` are described only
 * if they have tags.
 * @param version of the package.
 */
export async function describeApi(application: Application, version: string): Promise<void> {
  await application.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Feedback API',
        description: DESCRIPTION,
        version,
        license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      },
      servers: [{ url: '/', description: 'This server' }],
      tags: Object.entries(TAG_DESCRIPTIONS).map(([name, description]) => ({ name, description })),
      security: [{ bearer: [] }],
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description:
              'A JSON Web Token, such as `feedback-graph token` signs. It names roles, such as `submitter`, `trainer` or ' +
              '`admin`, or single permissions; a token that names none is a `member`.',
          },
        },
      },
    },
    convertConstToEnum: false,
    transform: describeRoute,
  });
  let description: string | undefined;
  application.get(DESCRIPTION_PATH, { config: { public: true } }, (_request, reply) => {
    description ??= JSON.stringify(finish({ ...application.swagger() }));
    return reply.type('application/json; charset=utf-8').send(description);
  });
}

/** Adds to an operation what {@link finishOperation} cannot derive from its description alone. */
const describeRoute: SwaggerTransform = ({ schema: given, url, route }) => {
  // Undefined for a route without a schema, although its type says otherwise.
  const schema = (given as typeof given | undefined) ?? {};
  if (!url.startsWith('/api/') && schema.tags === undefined) return { schema: { ...schema, hide: true }, url };
  const isPublic = route.config?.public === true;
  const { operationId = '', description } = schema as { readonly operationId?: string; readonly description?: string };
  const requirement = requirementOf(ROUTE_PERMISSIONS[operationId] ?? []);
  const method = String(route.method);
  const parameters = {
    [IDEMPOTENCY_KEY]: takesKey(schema, method),
    [IF_MATCH]: schema.entityTag === 'expected',
    [PREFER]: schema.respondsAsync === true,
  };
  return {
    url,
    schema: {
      ...schema,
      ...(requirement === '' ? {} : { description: [description, requirement].filter(Boolean).join(' ') }),
      ...(isPublic ? { security: [] } : {}),
      [REFUSALS]: refusalResponses(schema, isPublic, method),
      [HEADERS]: answerHeaders(schema, isPublic),
      [PARAMETERS]: Object.entries(parameters).flatMap(([name, takes]) =>
        takes ? [{ $ref: `#/components/parameters/${name}` }] : [],
      ),
    },
  };
};

/** The generated description, with everything that routes share moved to components. */
function finish(generated: Json): Json {
  const named = new Map<string, Json>();
  nameSchemas(ErrorAnswer, named);
  nameSchemas(ChatMessageSchema, named);
  const paths = nameSchemas(
    mapValues(generated['paths'], (path) => mapValues(path, finishOperation)),
    named,
  );
  const { securitySchemes } = isJsonObject(generated['components']) ? generated['components'] : {};
  const schemas = Object.fromEntries([...named].sort(([one], [other]) => (one < other ? -1 : 1)));
  return {
    ...generated,
    paths,
    components: {
      securitySchemes,
      parameters: REQUEST_HEADERS,
      headers: RESPONSE_HEADERS,
      responses: refusalComponents(),
      schemas,
    },
  };
}

function finishOperation(operation: unknown): unknown {
  if (!isJsonObject(operation)) return operation;
  const { [REFUSALS]: refusals, [HEADERS]: headers, [PARAMETERS]: added, ...described } = operation;
  const parameters = [...asList(described['parameters']).map(optionalByDefault), ...asList(added)];
  const answers = mapValues(described['responses'], (response) =>
    isJsonObject(response) ? { ...response, headers } : response,
  );
  return {
    ...described,
    ...(parameters.length > 0 ? { parameters } : {}),
    responses: isJsonObject(refusals) ? { ...answers, ...refusals } : answers,
  };
}

/** A parameter with a default is required by the validator, which fills it in, but optional for clients. */
function optionalByDefault(parameter: unknown): unknown {
  if (!isJsonObject(parameter) || !isJsonObject(parameter['schema'])) return parameter;
  return 'default' in parameter['schema'] ? { ...parameter, required: false } : parameter;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function mapValues(value: unknown, change: (each: unknown) => unknown): Json {
  return isJsonObject(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, change(each)])) : {};
}
