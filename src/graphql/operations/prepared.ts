/** Documents made ready once: parsed, and checked against the limits and the schema. */
import {
  type DocumentNode,
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  validate,
  type ValidationRule,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { startStretches, type Stretches } from '../../yield-to-event-loop.js';
import type { RequestContext } from '../context.js';
import { MAX_PROBLEMS } from '../errors.js';
import type { Selection } from '../executor/selection.js';
import { operationCost, serializeSizes } from './cost.js';
import { OperationRefusedError, type OperationLimits, overLimit } from './limits.js';
import { refuseBatches, weighOperation } from './mutation-weight.js';
import { checkOverlap } from './overlap.js';
import { checkShape, type DocumentShape } from './shape.js';
import { checkSource } from './source.js';
import { checkSubscriptionRoot } from './subscription-root.js';
import { coerceVariables } from './variables.js';

/** Runs one operation. Never rejects: what fails is among the errors of the result. */
export type RunPrepared = (
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => ExecutionResult | Promise<ExecutionResult>;

/** One operation of a document that is valid. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** What runs it instead of the executor, if it is one of our own. */
  readonly run?: RunPrepared;
  /** Where the executor remembers what the operation selects, if that is the same each time. */
  readonly remembered?: { selection?: Selection };
}

/** An operation that cannot run. */
export interface InvalidRequest {
  /** What is wrong with its document; nothing where that is valid and has no such operation. */
  readonly invalid: readonly GraphQLError[];
  /** Not there where the syntax is wrong. */
  readonly document?: DocumentNode;
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
  | InvalidRequest
  /** Its variables are not what it declares. */
  | { readonly result: ExecutionResult; readonly document: DocumentNode };

export interface PrepareRequest {
  /**
   * Judges an operation before it runs, by the limits and the schema.
   * @throws {OperationRefusedError}
   */
  (text: string, operationName: string | undefined, variables: Readonly<Record<string, unknown>>): PreparedRequest;
  /** Reads a document before it is prepared, a long one letting others have their turn in between. */
  readonly readAhead: (text: string) => Promise<void>;
}

export interface PrepareOptions {
  readonly limits: OperationLimits;
  /** Whether the schema may be asked about; where not, errors do not name its fields either. */
  readonly introspection: boolean;
  /** The most documents that are remembered, and the most bytes that they may take, about. */
  readonly remembered?: { readonly documents: number; readonly bytes: number };
}

interface PreparedDocument {
  readonly document: DocumentNode;
  readonly shape: DocumentShape;
  readonly operations: Map<string, ValidatedOperation>;
}

/** What was found of a document: that it is valid, that it is not, or which limit it is over. */
type ReadDocument = PreparedDocument | InvalidRequest | { readonly refused: OperationRefusedError };

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

/** Characters from which on a document is long: reading one takes some milliseconds, and many times that at first. */
const LONG = 2_000;
/** Rules of graphql-js that a long document is validated by at a stretch. */
const RULES_AT_ONCE = 4;

/** The rules of graphql-js in groups, which together find what all of them find. */
const RULE_GROUPS: readonly (readonly ValidationRule[])[] = Array.from(
  { length: Math.ceil(specifiedRules.length / RULES_AT_ONCE) },
  (_, index) => specifiedRules.slice(index * RULES_AT_ONCE, (index + 1) * RULES_AT_ONCE),
);

export function createRequestPreparation(
  schema: GraphQLSchema,
  options: PrepareOptions,
  begin: () => Pick<Stretches, 'shouldYield' | 'yieldToEventLoop'> = startStretches,
): PrepareRequest {
  const { limits, introspection, remembered = REMEMBERED } = options;
  const documents = new LRUCache<string, ReadDocument>({
    max: remembered.documents,
    maxSize: remembered.bytes,
    sizeCalculation: (_, text) => BYTES_PER_CHARACTER * (text.length + 1),
  });

  /** Reads a document step by step. */
  function* read(text: string): Generator<void, ReadDocument> {
    checkSource(text, limits);
    const document = parsed(text);
    yield;
    if (document instanceof GraphQLError) return { invalid: [document] };
    const shape = checkShape(document, limits);
    if (shape.introspects && !introspection) {
      throw new OperationRefusedError(
        'INTROSPECTION_DISABLED',
        'Introspection is disabled on this server (FEEDBACK_INTROSPECTION); the feedback-graph package contains the schema',
      );
    }
    yield;
    checkOverlap(document, shape.fragments);
    checkSubscriptionRoot(document, shape.fragments);
    const invalid: GraphQLError[] = [];
    for (const rules of text.length < LONG ? [specifiedRules] : RULE_GROUPS) {
      yield;
      // Where there are more, graphql-js adds an error that says so.
      const maxErrors = MAX_PROBLEMS - invalid.length;
      invalid.push(...validate(schema, document, rules, { maxErrors, hideSuggestions: !introspection }));
      if (invalid.length > MAX_PROBLEMS) break;
    }
    if (invalid.length > 0) return { invalid, document };
    return { document, shape, operations: new Map<string, ValidatedOperation>() };
  }

  /** The next step of reading; a limit that it passes is what was found. */
  const step = (reading: Generator<void, ReadDocument>): IteratorResult<void, ReadDocument> => {
    try {
      return reading.next();
    } catch (error) {
      if (error instanceof OperationRefusedError) return { done: true, value: { refused: error } };
      throw error;
    }
  };

  const readAtOnce = (text: string): ReadDocument => {
    for (const reading = read(text); ;) {
      const { done, value } = step(reading);
      if (done !== true) continue;
      documents.set(text, value);
      return value;
    }
  };

  const prepare = (text: string): PreparedDocument | InvalidRequest => {
    const found = documents.get(text) ?? readAtOnce(text);
    if ('refused' in found) throw found.refused;
    return found;
  };

  const readAhead = async (text: string): Promise<void> => {
    if (text.length < LONG || documents.has(text)) return;
    const stretches = begin();
    for (const reading = read(text); ;) {
      const { done, value } = step(reading);
      if (done === true) {
        documents.set(text, value);
        return;
      }
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    }
  };

  const prepareRequest = (
    text: string,
    operationName: string | undefined,
    variables: Readonly<Record<string, unknown>>,
  ): PreparedRequest => {
    const prepared = prepare(text);
    if ('invalid' in prepared) return prepared;
    const { document, shape, operations } = prepared;
    const definition = getOperationAST(document, operationName);
    if (!definition) return { invalid: [], document };
    refuseBatches({ schema, operation: definition, ...shape });
    const coerced = coerceVariables(schema, definition, variables);
    if (coerced.errors !== undefined) return { result: { errors: coerced.errors }, document };
    const name = definition.name?.value ?? '';
    let validated = operations.get(name);
    if (validated === undefined) {
      const operation = { document, operation: definition, ...(shape.isPlain && { remembered: {} }) };
      validated = { operation, costs: new LRUCache({ max: SIZES }) };
      operations.set(name, validated);
    }
    const { operation, costs } = validated;
    const sizes = serializeSizes(coerced.coerced);
    let cost = costs.get(sizes);
    if (cost === undefined) {
      cost = operationCost({ schema, operation: definition, ...shape, variables: coerced.coerced });
      costs.set(sizes, cost);
    }
    if (cost > limits.cost) throw overLimit('cost', limits, cost);
    const requests = weighOperation({ schema, operation: definition, ...shape, variables: coerced.coerced });
    return { operation, variables, requests };
  };
  return Object.assign(prepareRequest, { readAhead });
}

/** The document, or what is wrong with its syntax. */
function parsed(text: string): DocumentNode | GraphQLError {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}
