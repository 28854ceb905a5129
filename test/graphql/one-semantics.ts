import fc from 'fast-check';
import {
  execute,
  type ExecutionResult,
  getOperationAST,
  getVariableValues,
  type OperationTypeNode,
  parse,
  validate,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createRequestContext,
  type RequestContext,
  type RequestOptions,
  type Services,
} from '../../src/graphql/context.js';
import { formatError } from '../../src/graphql/errors.js';
import { createExecution } from '../../src/graphql/execution.js';
import { DEFAULT_OPERATION_LIMITS } from '../../src/graphql/operations/limits.js';
import { createRequestPreparation, type PreparedRequest } from '../../src/graphql/operations/prepared.js';
import { withResponseCache } from '../../src/graphql/response-cache.js';
import { createScheduler } from '../../src/graphql/scheduling/scheduler.js';
import { createSchema } from '../../src/graphql/schema.js';
import { permissionsOf } from '../../src/permissions.js';
import type { Principal } from '../../src/principal.js';
import { generatedDocuments, type GeneratedDocument } from '../support/generated-documents.js';
import { ACTOR } from '../support/graph.js';
import { openSample } from '../support/sample-graph.js';
import { sampleValues } from '../support/sample-values.js';

const schema = createSchema();
const PRINCIPALS: readonly Principal[] = (['admin', 'member'] as const).map((role, at) => ({
  sub: `user${at}`,
  org: ACTOR.org,
  permissions: permissionsOf(role),
  expiresAt: Infinity,
}));

interface Shown {
  readonly data?: unknown;
  readonly errors: readonly string[];
}

/** What clients see of a result: data, and the errors with their paths and places, in no particular order. */
function shown({ data, errors = [] }: ExecutionResult): Shown {
  const told = errors.map((error) => JSON.stringify(formatError(error.toJSON(), error)));
  return JSON.parse(JSON.stringify({ data, errors: told.sort() })) as Shown;
}

/** Where an error made the answer null: at its own field, or at a field above that may be null. */
function nulledPlace(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  let at = data;
  for (let depth = 0; depth < path.length; depth++) {
    if (at === null || typeof at !== 'object') return path.slice(0, depth);
    at = (at as Record<string | number, unknown>)[path[depth]!];
  }
  return path;
}

/**
 * Where several errors make the same place above them null, graphql-js tells those that came before the answer was
 * complete, which depends on who was read first. Of such errors, only the place is the same each time.
 */
function withoutRaces({ data, errors }: Shown): unknown {
  const told = errors.map((error) => {
    const { path } = JSON.parse(error) as { readonly path?: readonly (string | number)[] };
    const place = path && nulledPlace(data, path);
    return place === undefined || place.length === path?.length ? error : `null at /${place.join('/')}`;
  });
  return { data, errors: [...new Set(told)].sort() };
}

function expectSame(got: Shown, expected: Shown, about: object): void {
  if (JSON.stringify(got) === JSON.stringify(expected)) return;
  expect({ ...about, ...(withoutRaces(got) as object) }).toEqual({ ...about, ...(withoutRaces(expected) as object) });
}

/** How often the server runs each document with its cache: it is answered, then cached, then answered from the cache. */
const TIMES = 3;

/** One document of so many is run in turns, too, which takes longest. */
const IN_TURNS = 5;

/** One document of so many that the server takes for valid is validated by graphql-js, whose rules the server runs, too. */
const VALIDATED = 5;

type Runnable = Extract<PreparedRequest, { readonly operation: unknown }>;

/** Compares every way in which the server runs a document with graphql-js; answers what became of it. */
function comparing(services: Services) {
  const prepareRequest = createRequestPreparation(schema, {
    limits: { ...DEFAULT_OPERATION_LIMITS, aliases: 1_000, cost: Number.MAX_SAFE_INTEGER },
    introspection: true,
  });
  const uncached = createExecution(schema);
  const cached = withResponseCache(uncached, 8 * 1024 ** 2);
  const scheduler = createScheduler(0);
  const contextOf = (principal: Principal, options: RequestOptions = {}): RequestContext =>
    createRequestContext(services, principal, 'test', options);

  return async ({ text, variables }: GeneratedDocument, principal: Principal): Promise<string> => {
    const document = parse(text);
    const coerced = getVariableValues(schema, getOperationAST(document)!.variableDefinitions ?? [], variables);
    const reference = (): Promise<ExecutionResult> =>
      Promise.resolve(execute({ schema, document, variableValues: variables, contextValue: contextOf(principal) }));
    let expected: Shown | undefined;
    for (const [times, execution] of [uncached, ...Array.from({ length: TIMES }, () => cached)].entries()) {
      let prepared: PreparedRequest;
      try {
        prepared = prepareRequest(text, undefined, variables);
      } catch (error) {
        // One batch mutation an operation; the other limits are out of reach here.
        expect(error).toMatchObject({
          message: expect.stringMatching('at most 1 mutation of many entries') as string,
        });
        return 'refused';
      }
      if ('invalid' in prepared) {
        expect({ text, problems: validate(schema, document).length }).not.toEqual({ text, problems: 0 });
        return 'invalid';
      }
      if (times === 0 && text.length % VALIDATED === 0) {
        expect({ text, problems: validate(schema, document) }).toEqual({ text, problems: [] });
      }
      if ('result' in prepared) {
        expect(prepared.result.errors?.map(String)).toEqual(coerced.errors?.map(String));
        return 'wrong variables';
      }
      if (coerced.errors) throw new Error(`Wrong variables were accepted: ${text}`);
      expected ??= shown(await reference());
      const result = await execution(prepared.operation, prepared.variables, contextOf(principal));
      expectSame(shown(result), expected, { text, variables, times });
    }
    if (expected === undefined) throw new Error('No execution has run');
    if (text.length % IN_TURNS === 0) {
      const { operation, variables: values } = prepareRequest(text, undefined, variables) as Runnable;
      const inTurns = await uncached(operation, values, contextOf(principal, { task: scheduler.start() }));
      expectSame(shown(inTurns), expected, { text, variables, times: 'in turns' });
    }
    return expected.errors.length > 0 ? 'errors' : 'data';
  };
}

export interface Generated {
  readonly operation: OperationTypeNode.QUERY | OperationTypeNode.MUTATION;
  /** How many documents are generated. */
  readonly documents: number;
}

/** Tests that the server gives generated documents the answers of graphql-js. */
export function describeOneSemantics(...generated: readonly Generated[]): void {
  // Errors are part of what is compared, tens of thousands of them; their stacks are not, and take longer than all else.
  const { stackTraceLimit } = Error;
  beforeAll(() => {
    Error.stackTraceLimit = 0;
  });
  afterAll(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });

  describe.each(generated)('each of $documents generated documents of a $operation', ({ operation, documents }) => {
    it('gets the answer of graphql-js every time it is sent, with and without the response cache', async () => {
      const { services, ids } = await openSample();
      const compare = comparing(services);
      const arbitrary = generatedDocuments({ schema, operation, values: sampleValues(ids), depth: 4 });
      const outcomes = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(arbitrary, fc.constantFrom(...PRINCIPALS), async (document, principal) => {
          const outcome = await compare(document, principal);
          outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
        }),
        { numRuns: documents },
      );
      // The documents are not all refused, nor all without an error.
      const answered = (outcomes.get('data') ?? 0) + (outcomes.get('errors') ?? 0);
      expect(answered).toBeGreaterThan((documents - (outcomes.get('refused') ?? 0)) * 0.8);
      expect(outcomes.get('refused') ?? 0).toBeLessThan(documents * 0.4);
      expect(outcomes.get('errors')).toBeGreaterThan(documents * 0.1);
      await services.store.close();
    }, 900_000);
  });
}
