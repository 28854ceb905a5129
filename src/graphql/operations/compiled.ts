/**
 * Compiled execution (graphql-jit) of operations that the server knows in advance. graphql-js is the reference: what
 * graphql-jit answers differently, or unfolds without bound, is refused here and left to our executor.
 */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isInputObjectType,
  isLeafType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  typeFromAST,
  type VariableDefinitionNode,
} from 'graphql';
import { type CompiledQuery, compileQuery, isCompiledQuery } from 'graphql-jit';

/** Fields of what is compiled, with its fragments unfolded as graphql-jit does it. */
const MAX_COMPILED_FIELDS = 500;

/** The compiled form of an operation, or undefined if our executor has to run it. */
export function compileOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): CompiledQuery | undefined {
  if (uncompilable(schema, document, operation) !== undefined) return undefined;
  const compiled = compileQuery(schema, document, operation.name?.value, { disablingCapturingStackErrors: true });
  return isCompiledQuery(compiled) ? compiled : undefined;
}

/** Why graphql-jit must not run a valid operation, or undefined if it may. */
export function uncompilable(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): string | undefined {
  const { variableDefinitions = [] } = operation;
  const root = schema.getRootType(operation.operation);
  if (!root) return 'there is no such root type';
  return uncompilableVariable(schema, variableDefinitions) ?? uncompilableSelection(document, operation, root);
}

function uncompilableVariable(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
): string | undefined {
  for (const { variable, type, defaultValue } of definitions) {
    // Its defaults are lost when the variable is omitted.
    if (defaultValue !== undefined) return 'a variable has a default';
    if (variable.name.value in Object.prototype) return 'a variable is named like a property of every object';
    const named = type.kind === Kind.NON_NULL_TYPE ? typeFromAST(schema, type.type) : typeFromAST(schema, type);
    if (containsItself(getNamedType(named), [])) return 'the type of a variable contains itself';
  }
  return undefined;
}

/** graphql-jit unfolds the types of variables, and so never ends with an input that contains one of its own type. */
function containsItself(type: unknown, above: readonly unknown[]): boolean {
  if (!isInputObjectType(type)) return false;
  if (above.includes(type)) return true;
  return Object.values(type.getFields()).some((field) => containsItself(getNamedType(field.type), [...above, type]));
}

function uncompilableSelection(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  root: GraphQLObjectType,
): string | undefined {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const required = new Set<string>();
  for (const { variable, type } of operation.variableDefinitions ?? []) {
    if (type.kind === Kind.NON_NULL_TYPE) required.add(variable.name.value);
  }
  let fields = 0;

  const inSet = (set: SelectionSetNode, type: GraphQLObjectType, names: Set<string>): string | undefined => {
    for (const selection of set.selections) {
      if ((selection.directives ?? []).length > 0) return 'a selection has a directive';
      let problem: string | undefined;
      if (selection.kind === Kind.FIELD) problem = inField(selection, type, names);
      else {
        const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        const condition = fragment?.typeCondition?.name.value ?? type.name;
        if (fragment === undefined || condition !== type.name) return 'a fragment is of another type';
        problem = inSet(fragment.selectionSet, type, names);
      }
      if (problem !== undefined) return problem;
    }
    return undefined;
  };

  const inField = (node: FieldNode, parent: GraphQLObjectType, names: Set<string>): string | undefined => {
    fields += 1;
    if (fields > MAX_COMPILED_FIELDS) return `it has more than ${MAX_COMPILED_FIELDS} fields`;
    const name = (node.alias ?? node.name).value;
    if (names.has(name)) return 'a field is selected twice';
    names.add(name);
    if (node.name.value === '__typename') return undefined;
    const field = parent.getFields()[node.name.value];
    if (field === undefined) return 'a field is of the schema itself';
    for (const { name: argumentName, value } of node.arguments ?? []) {
      if (value.kind === Kind.LIST || value.kind === Kind.OBJECT) return 'an argument is a list or an object';
      if (value.kind !== Kind.VARIABLE || required.has(value.name.value)) continue;
      const argument = field.args.find((each) => each.name === argumentName.value);
      if (argument?.defaultValue !== undefined || isNonNullType(argument?.type)) {
        return 'a variable that may be null is given to an argument that has a default or must not be null';
      }
    }
    const type = getNamedType(field.type);
    if (isLeafType(type) || node.selectionSet === undefined) return undefined;
    return isObjectType(type) ? inSet(node.selectionSet, type, new Set()) : 'a field is of an interface or a union';
  };

  return inSet(operation.selectionSet, root, new Set());
}
