/** The description of the API (OpenAPI 3.1), made from the schemas by which its routes check requests. */
import swagger, { type SwaggerTransform } from '@fastify/swagger';
import type { TSchema } from 'typebox';
import type { Application } from '../http/application.js';
import { isObject, type Json, nameSchemas } from './openapi-components.js';
import {
  answerHeaders,
  type Refusal,
  refusalComponents,
  refusalResponses,
  RESPONSE_HEADERS,
  takesKey,
} from './openapi-refusals.js';
import { ErrorAnswer } from './schemas.js';

/** Where the description is; it needs no token. */
export const DESCRIPTION_PATH = '/openapi.json';

declare module 'fastify' {
  interface FastifySchema {
    /** What the route may refuse for reasons of its own: a missing role, an unknown id, the state of an entry. */
    readonly refusals?: readonly Refusal[];
    /** Whether it answers with the `ETag` of an entry or an adapter (`given`), or also takes it as `If-Match` (`expected`). */
    readonly entityTag?: 'given' | 'expected';
    /** Whether a `POST` only reads, so that it may be sent again without a key. */
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
  maintenance: 'Maintenance',
} as const;

const TAG_DESCRIPTIONS: Readonly<Record<(typeof TAGS)[keyof typeof TAGS], string>> = {
  Feedback: 'Judgements of the answers of language models: submit, read, list, count.',
  Review: 'What people decide of flagged entries, with the role `reviewer`.',
  Adapters: 'LoRA adapters and base models, what they were derived from, and their links to feedback.',
  Graph: 'Queries over the graph of feedback, adapters and training batches.',
  Training: 'What training has used; for internal services, with the role `trainer`.',
  History: 'Versions of an entry, and its end.',
  Maintenance: 'The data of an organization as a whole, with the role `admin`.',
};

const DESCRIPTION = `Users give feedback on answers of a language model, for continuous learning and LoRA fine-tuning. Feedback is
collected, validated and stored for later training, as a graph of feedback and adapters.

Every route needs \`Authorization: Bearer <JWT>\`; the token's organization is all that a request can see. Times are epoch
milliseconds. An optional field without a value is left out of answers. The same data is at \`/graphql\`.`;

const IDEMPOTENCY_KEY = 'IdempotencyKey';
const IF_MATCH = 'IfMatch';

const REQUEST_HEADERS = {
  [IDEMPOTENCY_KEY]: {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'A value of your own, say a UUID, that tells this request from others: sent again within 24 hours it takes place ' +
      'once, and is answered as it was the first time.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  },
  [IF_MATCH]: {
    name: 'If-Match',
    in: 'header',
    description: 'The `ETag` of the version that is to be changed; `*` or left out: whichever it is.',
    schema: { type: 'string', examples: ['"1"'] },
  },
} as const;

/** Where {@link describeRoute} leaves what {@link finishOperation} takes up. */
const REFUSALS = 'x-refusals';
const PARAMETERS = 'x-parameters';
const HEADERS = 'x-headers';

/** A schema as the answer of a route: what it means there, with examples as of `./examples.js`. */
export function answer<Schema extends TSchema>(schema: Schema, description: string, examples?: object): Schema {
  return {
    ...schema,
    'x-response-description': description,
    ...(examples === undefined ? {} : { 'x-examples': examples }),
  };
}

/**
 * Describes all routes that are added later, at {@link DESCRIPTION_PATH}. Routes outside of `/api/` are described if
 * they have tags.
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
            description: '`feedback-graph token` signs one. Roles: `reviewer`, `trainer`, `admin` (has all).',
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

/** Leaves on an operation what {@link finishOperation} cannot see from its description alone. */
const describeRoute: SwaggerTransform = ({ schema: given, url, route }) => {
  // A route without a schema has none, whatever the type says.
  const schema = (given as typeof given | undefined) ?? {};
  if (!url.startsWith('/api/') && schema.tags === undefined) return { schema: { ...schema, hide: true }, url };
  const isPublic = route.config?.public === true;
  const method = String(route.method);
  const parameters = {
    [IDEMPOTENCY_KEY]: takesKey(schema, method),
    [IF_MATCH]: schema.entityTag === 'expected',
  };
  return {
    url,
    schema: {
      ...schema,
      ...(isPublic ? { security: [] } : {}),
      [REFUSALS]: refusalResponses(schema, isPublic, method),
      [HEADERS]: answerHeaders(schema, isPublic),
      [PARAMETERS]: Object.entries(parameters).flatMap(([name, takes]) =>
        takes ? [{ $ref: `#/components/parameters/${name}` }] : [],
      ),
    },
  };
};

/** The generated description with what all routes share as components. */
function finish(generated: Json): Json {
  const named = new Map<string, Json>();
  nameSchemas(ErrorAnswer, named);
  const paths = nameSchemas(
    mapValues(generated['paths'], (path) => mapValues(path, finishOperation)),
    named,
  );
  const { securitySchemes } = isObject(generated['components']) ? generated['components'] : {};
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
  if (!isObject(operation)) return operation;
  const { [REFUSALS]: refusals, [HEADERS]: headers, [PARAMETERS]: added, ...described } = operation;
  const parameters = [...asList(described['parameters']).map(optionalByDefault), ...asList(added)];
  const answers = mapValues(described['responses'], (response) =>
    isObject(response) ? { ...response, headers } : response,
  );
  return {
    ...described,
    ...(parameters.length > 0 ? { parameters } : {}),
    responses: isObject(refusals) ? { ...answers, ...refusals } : answers,
  };
}

/** To the check, which fills in defaults, such a parameter is always there; clients may leave it out. */
function optionalByDefault(parameter: unknown): unknown {
  if (!isObject(parameter) || !isObject(parameter['schema'])) return parameter;
  return 'default' in parameter['schema'] ? { ...parameter, required: false } : parameter;
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function mapValues(value: unknown, change: (each: unknown) => unknown): Json {
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, change(each)])) : {};
}
