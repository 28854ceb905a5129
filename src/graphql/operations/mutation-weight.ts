/**
 * What a mutation weighs against the limits on requests, told before it runs: as much as the REST requests would that
 * write the same.
 */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  GraphQLError,
  GraphQLIncludeDirective,
  type GraphQLSchema,
  GraphQLSkipDirective,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { type CostedOperation, readArguments } from './cost.js';
import { OperationRefusedError } from './limits.js';

/** Mutations that write many entries at once. */
const BATCH_MUTATIONS: ReadonlySet<string> = new Set([
  'submitFeedbackBatch',
  'markUsedForTraining',
  'claimForReview',
  'claimReviews',
  'renewReviewClaims',
  'releaseReviewClaims',
  'skipReviews',
  'createTrainingBatch',
  'commitTrainingBatch',
  'releaseTrainingBatch',
  'eraseFeedbackOfUser',
  'startBulkOperation',
  'undoBulkOperation',
]);

/** Batch mutations whose every entry counts as a request, and the argument that lists these. */
const COUNTED_ENTRIES: ReadonlyMap<string, string> = new Map([['submitFeedbackBatch', 'input']]);

/**
 * How many requests an operation counts as: 1 for a query; for a mutation 1 for each field that it runs, and 1 for each
 * entry of a batch.
 * @throws {OperationRefusedError} if it runs more than one batch mutation.
 */
export function weighOperation(operation: CostedOperation): number {
  const { schema, operation: definition, variables } = operation;
  if (definition.operation !== OperationTypeNode.MUTATION) return 1;
  const fields = runFields(operation);
  refuseManyBatches(fields);
  const requests = fields.reduce((sum, field) => sum + entriesOf(schema, field, variables), 0);
  return Math.max(requests, 1);
}

/**
 * Refuses more than one batch mutation without knowing the variables, of which a batch has many, as far as they decide
 * nothing.
 * @throws {OperationRefusedError}
 */
export function refuseBatches(operation: Omit<CostedOperation, 'variables'>): void {
  if (operation.operation.operation !== OperationTypeNode.MUTATION) return;
  refuseManyBatches(runFields({ ...operation, variables: {} }));
}

function refuseManyBatches(fields: readonly FieldNode[]): void {
  const batches = fields.filter(({ name }) => BATCH_MUTATIONS.has(name.value));
  const [first, second] = batches;
  if (first !== undefined && second !== undefined) {
    throw new OperationRefusedError(
      'OPERATION_LIMIT_EXCEEDED',
      `An operation may have at most 1 mutation of many entries, and this one has ${batches.length}: ` +
        `${first.name.value} and ${second.name.value}`,
    );
  }
}

function entriesOf(schema: GraphQLSchema, node: FieldNode, variables: CostedOperation['variables']): number {
  const name = COUNTED_ENTRIES.get(node.name.value);
  const field = schema.getMutationType()?.getFields()[node.name.value];
  if (name === undefined || field === undefined) return 1;
  const entries = readArguments(field, node, variables)[name];
  return Array.isArray(entries) ? Math.max(entries.length, 1) : 1;
}

/** None where graphql-js runs none, as a variable of `@skip` or `@include` is null. */
function runFields(operation: CostedOperation): FieldNode[] {
  try {
    return rootFields(operation);
  } catch (error) {
    if (error instanceof GraphQLError) return [];
    throw error;
  }
}

/** The fields that graphql-js runs: each name of the answer once, without what is skipped. */
function rootFields({ operation, fragments, variables }: CostedOperation): FieldNode[] {
  const fields = new Map<string, FieldNode>();
  const visited = new Set<FragmentDefinitionNode>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] === true) continue;
      if (getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] === false) continue;
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        if (!fields.has(key)) fields.set(key, selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else {
        const fragment = fragments.get(selection.name.value);
        if (fragment === undefined || visited.has(fragment)) continue;
        visited.add(fragment);
        collect(fragment.selectionSet);
      }
    }
  };
  collect(operation.selectionSet);
  return [...fields.values()].filter(({ name }) => name.value !== '__typename');
}
