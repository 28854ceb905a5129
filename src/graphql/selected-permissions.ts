/** What a mutation returns must be known to be readable before it changes anything. */
import {
  type DirectiveNode,
  type FieldNode,
  getDirectiveValues,
  getNamedType,
  GraphQLIncludeDirective,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  GraphQLSkipDirective,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import { memoizeByIdentity } from '../memoize-by-identity.js';
import type { AnyOf } from '../permissions.js';
import { type Principal, requireAnyOf } from '../principal.js';

type Conditional = { readonly directives?: readonly DirectiveNode[] };

/** A field that is selected under conditions, each of which may have `@skip` or `@include`. */
interface SelectedField {
  readonly anyOf: AnyOf;
  readonly conditions: readonly Conditional[];
}

/** What tells which fields are selected of what a field returns. */
export type SelectionInfo = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'returnType' | 'variableValues'>;

/** @throws {ApiError} FORBIDDEN if the token may not read one of the fields that are selected of what a field returns. */
export type RequireSelection = (principal: Principal, info: SelectionInfo) => void;

export function createRequireSelection(
  schema: GraphQLSchema,
  permissionsOf: (typeName: string, fieldName: string) => AnyOf,
): RequireSelection {
  /** The same for each request: a node belongs to one document, and to one field of the schema. */
  const collect = memoizeByIdentity((node: FieldNode, info: SelectionInfo) => collectAnew(node, info));

  function collectAnew(node: FieldNode, { returnType, fragments }: SelectionInfo): readonly SelectedField[] {
    const selected: SelectedField[] = [];
    const spread = new Map<string, 'sometimes' | 'always'>();

    const visit = (typeName: string, set: SelectionSetNode, outer: readonly Conditional[]): void => {
      const type = schema.getType(typeName);
      for (const selection of set.selections) {
        const conditions = selection.directives?.length ? [...outer, selection] : outer;
        switch (selection.kind) {
          case Kind.FIELD: {
            const field = isObjectType(type) ? type.getFields()[selection.name.value] : undefined;
            if (field === undefined) break;
            const anyOf = permissionsOf(typeName, field.name);
            if (anyOf.length > 0) selected.push({ anyOf, conditions });
            if (selection.selectionSet) visit(getNamedType(field.type).name, selection.selectionSet, conditions);
            break;
          }
          case Kind.INLINE_FRAGMENT:
            visit(selection.typeCondition?.name.value ?? typeName, selection.selectionSet, conditions);
            break;
          case Kind.FRAGMENT_SPREAD: {
            const name = selection.name.value;
            const fragment = fragments[name];
            const before = spread.get(name);
            // A fragment is looked through twice at most; under several conditions it counts as selected.
            if (fragment === undefined || before === 'always') break;
            const always = conditions.length === 0 || before === 'sometimes';
            spread.set(name, always ? 'always' : 'sometimes');
            visit(fragment.typeCondition.name.value, fragment.selectionSet, always ? [] : conditions);
          }
        }
      }
    };
    if (node.selectionSet) visit(getNamedType(returnType).name, node.selectionSet, []);
    return selected;
  }

  return (principal, info) => {
    for (const node of info.fieldNodes) {
      for (const { anyOf, conditions } of collect(node, info)) {
        if (anyOf.some((permission) => principal.permissions.has(permission))) continue;
        if (conditions.every((each) => isIncluded(each, info.variableValues))) requireAnyOf(principal, anyOf);
      }
    }
  };
}

function isIncluded(node: Conditional, variables: GraphQLResolveInfo['variableValues']): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false
  );
}
