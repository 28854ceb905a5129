/** What an operation selects of objects: its fragments unfolded and its fields merged, once for each place and type. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  getNullableType,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLLeafType,
  GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  isAbstractType,
  isLeafType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  typeFromAST,
  TypeMetaFieldDef,
  type TypeNode,
  TypeNameMetaFieldDef,
} from 'graphql';
import type { ReadArguments } from '../operations/planned-values.js';

/** The fragments of a document by their names. */
export function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  return Object.fromEntries(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((definition) => [definition.name.value, definition]),
  );
}

/** What decides which fields a selection set selects. */
export interface SelectionScope {
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

export interface SelectedField {
  /** Its name in the answer. */
  readonly key: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly definition: GraphQLField<unknown, unknown>;
  /** Whether its value is a property of the object, without a resolver or arguments. */
  readonly isProperty: boolean;
  /** Its type, if it is such a property and a scalar or an enum. */
  readonly leaf: GraphQLLeafType | undefined;
  /** Its type, if it is such a property and an object. */
  readonly object: GraphQLObjectType | undefined;
  /** What it selects of the objects that it has resolved to so far. */
  readonly selections: Selection[];
  /** Reads its arguments, once they were asked for. */
  readArguments?: ReadArguments;
}

export interface Selection {
  readonly type: GraphQLObjectType;
  readonly fields: readonly SelectedField[];
  /** Another one for each selection. */
  readonly number: number;
  /** Its fields without `__typename`. */
  readonly properties: readonly SelectedField[];
  /** Whether these are properties that are leaves or objects, as far as is known of what is selected of the objects. */
  isPlain: boolean;
  /** Whether all of them are leaves, and none is selected twice: its JSON is about as long as the texts of the object. */
  readonly isKept: boolean;
  /**
   * An object with the keys of all fields, in their order, and its `__typename`; copies of it share one hidden class, and are
   * written soonest.
   */
  readonly template: Readonly<Record<string, unknown>>;
}

/** A leaf selects nothing. */
const NONE: Selection[] = [];

/** The fields that selection sets select together of an object, in their order. */
export function selectFields(
  scope: SelectionScope,
  type: GraphQLObjectType,
  selectionSets: readonly (SelectionSetNode | undefined)[],
): Selection {
  const nodes = new Map<string, [FieldNode, ...FieldNode[]]>();
  let spread: Set<string> | undefined;

  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      // A fragment that was spread already is not looked at again.
      if (selection.kind === Kind.FRAGMENT_SPREAD && spread?.has(selection.name.value) === true) continue;
      if (!isIncluded(scope, selection)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const known = nodes.get(key);
        if (known === undefined) nodes.set(key, [selection]);
        else known.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (appliesTo(scope, selection.typeCondition, type)) collect(selection.selectionSet);
      } else {
        spread ??= new Set();
        spread.add(selection.name.value);
        const fragment = scope.fragments[selection.name.value];
        if (fragment !== undefined && appliesTo(scope, fragment.typeCondition, type)) collect(fragment.selectionSet);
      }
    }
  };

  for (const set of selectionSets) if (set !== undefined) collect(set);
  const fields = [...nodes].flatMap(([key, ofKey]): SelectedField[] => {
    const definition = definitionOf(scope.schema, type, ofKey[0].name.value);
    if (definition === undefined) return [];
    const isProperty = definition.resolve === undefined && definition.args.length === 0;
    const valueType = getNullableType(definition.type);
    const leaf = isProperty && isLeafType(valueType) ? valueType : undefined;
    const object = isProperty && valueType instanceof GraphQLObjectType ? valueType : undefined;
    return [{ key, nodes: ofKey, definition, isProperty, leaf, object, selections: leaf === undefined ? [] : NONE }];
  });
  const properties = fields.filter(({ definition }) => definition !== TypeNameMetaFieldDef);
  const isFlat = properties.every(({ leaf }) => leaf !== undefined);
  return {
    type,
    fields,
    number: (selectionsMade += 1),
    properties,
    isPlain: properties.every(({ leaf, object }) => leaf !== undefined || object !== undefined),
    isKept: isFlat && new Set(properties.map(({ definition }) => definition)).size === properties.length,
    template: Object.fromEntries(
      fields.map(({ key, definition }) => [key, definition === TypeNameMetaFieldDef ? type.name : null]),
    ),
  };
}

let selectionsMade = 0;

/** What a field selects of objects of a type that it resolves to. @throws {GraphQLError} where a directive is wrong */
export function selectionOf(scope: SelectionScope, field: SelectedField, type: GraphQLObjectType): Selection {
  const known = knownSelection(field, type);
  if (known !== undefined) return known;
  const sets = field.nodes.map(({ selectionSet }) => selectionSet);
  const selection = selectFields(scope, type, sets);
  field.selections.push(selection);
  return selection;
}

/** The same, if it has resolved to one before. */
export function knownSelection({ selections }: SelectedField, type: unknown): Selection | undefined {
  for (const known of selections) if (known.type === type) return known;
  return undefined;
}

function isIncluded({ variableValues }: SelectionScope, selection: SelectionNode): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  if (getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.['if'] !== false;
}

function appliesTo({ schema }: SelectionScope, condition: TypeNode | undefined, type: GraphQLObjectType): boolean {
  if (condition === undefined) return true;
  const conditional = typeFromAST(schema, condition);
  return conditional === type || (isAbstractType(conditional) && schema.isSubType(conditional, type));
}

function definitionOf(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return type.getFields()[name];
}
