/**
 * What an operation may cost, told before it runs: how many fields its answer can have at most, with more for those that
 * walk indexes. It is counted after the variables are coerced, so that a size in a variable counts as one that is written
 * out.
 */
import {
  type FieldNode,
  type FragmentDefinitionNode,
  getArgumentValues,
  getNamedType,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import { MAX_PARENTS } from '../../adapters/lineage.js';
import { MAX_LINKS } from '../../feedback/links.js';

/** How many entries a list is taken to have whose size nobody names, as of an entry's reasons or a type's fields. */
const UNNAMED_SIZE = 10;

/** The arguments that name how many entries a field's list, or the list in its connection, may have. */
const SIZE_ARGUMENTS = ['first', 'last', 'limit', 'count'];

/** Lists that never have more entries, whatever size is asked for. */
const MAX_SIZES: ReadonlyMap<string, number> = new Map([
  ['Feedback.adapters', MAX_LINKS],
  ['Adapter.derivedFrom', MAX_PARENTS],
]);

/** What a connection costs beside its fields: a range of an index, and a cursor for each end. */
const CONNECTION_WEIGHT = 10;
/** Fields of a connection that count its list. */
const COUNTED_FIELDS: ReadonlySet<string> = new Set(['totalCount', 'totalCountIsExact']);
/** A range of its own for each entry, of which each version is made of the one after it, or for each adapter. */
const VERSIONS_WEIGHT = 20;
const WALK_WEIGHT = 100;
const COMPARISON_WEIGHT = 1_000;

/** Fields that read far more than they answer, by how much. */
const WEIGHTS: ReadonlyMap<string, number> = new Map([
  ['Adapter.ancestors', WALK_WEIGHT],
  ['Adapter.descendants', WALK_WEIGHT],
  ['Adapter.lineage', WALK_WEIGHT],
  ['Adapter.lineageStats', WALK_WEIGHT],
  ['Adapter.sharedFeedback', WALK_WEIGHT],
  ['Feedback.trainedAdapters', WALK_WEIGHT],
  ['Feedback.similar', WALK_WEIGHT],
  ['Feedback.versions', VERSIONS_WEIGHT],
  ['Feedback.audit', VERSIONS_WEIGHT],
  ['Adapter.statsByDay', VERSIONS_WEIGHT],
  ['Feedback.auditChain', WALK_WEIGHT],
  ['Query.modelCard', COMPARISON_WEIGHT],
  ['Query.feedbackStatsByDay', WALK_WEIGHT],
  ['Query.reviewsByDay', VERSIONS_WEIGHT],
  ['Adapter.lineagePaths', COMPARISON_WEIGHT],
  ['TrainingBatch.advice', COMPARISON_WEIGHT],
  ['TrainingBatch.preview', COMPARISON_WEIGHT],
  ['Query.trainingForecast', COMPARISON_WEIGHT],
  ['TrainingBatch.outcome', COMPARISON_WEIGHT],
  ['Query.sharedFeedbackPairs', COMPARISON_WEIGHT],
  ['Query.compareAdapters', COMPARISON_WEIGHT],
  ['Adapter.promotion', COMPARISON_WEIGHT],
  ['Query.adapterBom', COMPARISON_WEIGHT],
  ['Mutation.promoteAdapter', COMPARISON_WEIGHT],
  ['Query.graphQuery', COMPARISON_WEIGHT],
]);

export interface CostedOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** As `getVariableValues` of graphql-js coerces them. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The most that a valid operation can cost; Infinity if that is no safe integer. */
export function operationCost({ schema, operation, fragments, variables }: CostedOperation): number {
  const known = new Map<string, number>();

  const costOfFragment = (name: string, size: number): number => {
    // What a fragment costs depends on the size of the connection that it is spread in, and on nothing else.
    const key = `${size} ${name}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const fragment = fragments.get(name);
    if (fragment === undefined) return 0;
    const type = schema.getType(fragment.typeCondition.name.value);
    const cost = costOf(fragment.selectionSet, type, size);
    known.set(key, cost);
    return cost;
  };

  /** @param size how many entries the lists directly in this set have, if their field has named it; 0 if not */
  const costOf = (set: SelectionSetNode, type: GraphQLNamedType | undefined, size: number): number => {
    let cost = 0;
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) cost += costOfFragment(selection.name.value, size);
      else if (selection.kind === Kind.INLINE_FRAGMENT) {
        const condition = selection.typeCondition?.name.value;
        cost += costOf(selection.selectionSet, condition === undefined ? type : schema.getType(condition), size);
      } else cost += costOfField(selection, type, size);
    }
    return cost;
  };

  const costOfField = (node: FieldNode, parent: GraphQLNamedType | undefined, inherited: number): number => {
    const field = fieldOf(schema, parent, node.name.value);
    const weight = weightOf(parent, node, field);
    if (field === undefined || node.selectionSet === undefined) return weight;
    const asked = sizeNamed(field, node, variables);
    const named = asked === undefined ? undefined : Math.min(asked, maxSizeOf(parent, node));
    const list = isList(field);
    const times = list ? (named ?? (inherited > 0 ? inherited : UNNAMED_SIZE)) : 1;
    // A connection has named how many edges, and so nodes, it has at most: its lists have no sizes of their own.
    const below = list ? 0 : (named ?? 0);
    return weight + times * costOf(node.selectionSet, getNamedType(field.type), below);
  };

  const root = schema.getRootType(operation.operation) ?? undefined;
  const cost = costOf(operation.selectionSet, root, 0);
  return Number.isSafeInteger(cost) ? cost : Infinity;
}

function maxSizeOf(parent: GraphQLNamedType | undefined, { name: { value: name } }: FieldNode): number {
  return MAX_SIZES.get(`${parent?.name ?? ''}.${name}`) ?? Infinity;
}

/** What a field costs by itself. */
function weightOf(
  parent: GraphQLNamedType | undefined,
  { name: { value: name } }: FieldNode,
  field: GraphQLField<unknown, unknown> | undefined,
): number {
  if (field === undefined || parent === undefined) return 1;
  const isCounted = COUNTED_FIELDS.has(name) && parent.name.endsWith('Connection');
  const isConnection = getNamedType(field.type).name.endsWith('Connection');
  return WEIGHTS.get(`${parent.name}.${name}`) ?? (isConnection || isCounted ? CONNECTION_WEIGHT : 1);
}

/** All of some variables that a cost depends on: two operations that differ in nothing else cost the same. */
export function serializeSizes(variables: CostedOperation['variables']): string {
  let sizes = '';
  for (const name in variables) {
    const value = variables[name];
    if (typeof value === 'number') sizes += `${name}=${value} `;
    else if (Array.isArray(value)) sizes += `${name}:${value.length} `;
  }
  return sizes;
}

function fieldOf(
  schema: GraphQLSchema,
  parent: GraphQLNamedType | undefined,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (parent === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
}

function isList(field: GraphQLField<unknown, unknown>): boolean {
  return isListType(isNonNullType(field.type) ? field.type.ofType : field.type);
}

function sizeNamed(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): number | undefined {
  if (field.args.length === 0) return undefined;
  const values = readArguments(field, node, variables);
  const sizes = SIZE_ARGUMENTS.flatMap((name) => {
    const value = values[name];
    return typeof value === 'number' ? [Math.max(0, value)] : [];
  });
  if (sizes.length > 0) return Math.max(...sizes);
  // Without a size it is as long as the longest list of what is asked for, such as `ids`.
  const lengths = Object.values(values).flatMap((value) => (Array.isArray(value) ? [value.length] : []));
  return lengths.length > 0 && isList(field) ? Math.max(...lengths) : undefined;
}

/** The arguments of a field; none if one of its variables must not be null and is, so that it fails without being resolved. */
export function readArguments(
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  try {
    return getArgumentValues(field, node, variables);
  } catch (error) {
    if (error instanceof GraphQLError) return {};
    throw error;
  }
}
