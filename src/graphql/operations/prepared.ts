/** Documents made ready once: parsed, and checked against the limits and the schema. */
import {
  type DocumentNode,
  type ExecutionResult,
  getOperationAST,
  getVariableValues,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import type { CompiledQuery } from 'graphql-jit';
import { LRUCache } from 'lru-cache';
import { operationCost, sizesOf } from './cost.js';
import { OperationRefusedError, type OperationLimits, overLimit } from './limits.js';
import { requestsOf } from './mutation-weight.js';
import { checkOverlap } from './overlap.js';
import { checkShape, type DocumentShape } from './shape.js';
import { checkSource } from './source.js';
import { checkSubscriptionRoot } from './subscription-root.js';

/** One operation of a document that is valid. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** What runs it instead of the executor, if it is one of our own. */
  readonly compiled?: CompiledQuery;
}

/** What became of an operation before it ran. */
export type PreparedRequest =
  /** It may run. */
  | {
      readonly operation: PreparedOperation;
      readonly variables: Readonly<Record<string, unknown>>;
      /** How many requests it counts as. */
      readonly requests: number;
    }
  /** Its syntax, its fields or its name are wrong: whoever speaks the protocol says so. */
  | { readonly invalid: true }
  /** Its variables are not what it declares. */
  | { readonly result: ExecutionResult };

/**
 * Judges an operation before it runs, by the limits and the schema.
 * @throws {OperationRefusedError}
 */
export type PrepareRequest = (
  text: string,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
) => PreparedRequest;

export interface PrepareOptions {
  readonly limits: OperationLimits;
  readonly introspection: boolean;
  /** The most documents that are remembered, and the most bytes that they may take, about. */
  readonly remembered?: { readonly documents: number; readonly bytes: number };
}

interface PreparedDocument {
  readonly document: DocumentNode;
  readonly shape: DocumentShape;
  readonly operations: Map<string, ValidatedOperation>;
}

interface ValidatedOperation {
  readonly operation: PreparedOperation;
  /** What it costs, by the sizes that its variables name. */
  readonly costs: LRUCache<string, number>;
}

/** Of how many combinations of sizes the cost of an operation is remembered. */
const SIZES = 20;

const REMEMBERED = { documents: 1_000, bytes: 32 * 1024 * 1024 };

/** About how many bytes of memory a character of a document comes to, with its syntax tree. */
const BYTES_PER_CHARACTER = 100;

export function createRequestPreparation(schema: GraphQLSchema, options: PrepareOptions): PrepareRequest {
  const { limits, introspection, remembered = REMEMBERED } = options;
  const documents = new LRUCache<string, PreparedDocument>({
    max: remembered.documents,
    maxSize: remembered.bytes,
    sizeCalculation: (_, text) => BYTES_PER_CHARACTER * (text.length + 1),
  });

  const prepare = (text: string): PreparedDocument | undefined => {
    const known = documents.get(text);
    if (known !== undefined) return known;
    checkSource(text, limits);
    const document = parsed(text);
    if (document === undefined) return undefined;
    const shape = checkShape(document, limits);
    if (shape.introspects && !introspection) {
      throw new OperationRefusedError(
        'INTROSPECTION_DISABLED',
        'Introspection is disabled on this server (FEEDBACK_INTROSPECTION); the feedback-graph package contains the schema',
      );
    }
    checkOverlap(document, shape.fragments);
    checkSubscriptionRoot(document, shape.fragments);
    // One error is enough to know; Apollo tells them all.
    if (validate(schema, document, undefined, { maxErrors: 1 }).length > 0) return undefined;
    const prepared = { document, shape, operations: new Map<string, ValidatedOperation>() };
    documents.set(text, prepared);
    return prepared;
  };

  return (text, operationName, variables) => {
    const prepared = prepare(text);
    if (prepared === undefined) return { invalid: true };
    const { document, shape, operations } = prepared;
    const definition = getOperationAST(document, operationName);
    if (!definition) return { invalid: true };
    const coerced = getVariableValues(schema, definition.variableDefinitions ?? [], variables, { maxErrors: 50 });
    if (coerced.errors !== undefined) return { result: { errors: coerced.errors } };
    const name = definition.name?.value ?? '';
    let validated = operations.get(name);
    if (validated === undefined) {
      validated = { operation: { document, operation: definition }, costs: new LRUCache({ max: SIZES }) };
      operations.set(name, validated);
    }
    const { operation, costs } = validated;
    const sizes = sizesOf(coerced.coerced);
    let cost = costs.get(sizes);
    if (cost === undefined) {
      cost = operationCost({ schema, operation: definition, ...shape, variables: coerced.coerced });
      costs.set(sizes, cost);
    }
    if (cost > limits.cost) throw overLimit('cost', limits, cost);
    const requests = requestsOf({ schema, operation: definition, ...shape, variables: coerced.coerced });
    return { operation, variables, requests };
  };
}

function parsed(text: string): DocumentNode | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
