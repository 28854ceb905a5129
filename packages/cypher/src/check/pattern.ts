import { propertyMaps } from '../ast-walk.js';
import type { PathPattern, RelationshipPatternAst } from '../ast.js';
import { syntaxFault } from '../query-error.js';
import { withArticle } from '../value.js';
import { checkExpression } from './expression.js';
import { isListType, kindOfType, type StaticType } from './types.js';

/** Checks patterns of one clause and answers the variables after it. Without `mayBind` all of them must be known. */
export function checkPatterns(
  patterns: readonly PathPattern[],
  known: ReadonlyMap<string, StaticType>,
  { mayBind }: { readonly mayBind: boolean },
): ReadonlyMap<string, StaticType> {
  const variables = new Map(known);
  const newRelationships = new Set<string>();

  const bind = (name: string, type: StaticType, at: number): void => {
    if (!mayBind) throw syntaxFault('UndefinedVariable', `Variable '${name}' is not defined`, at);
    variables.set(name, type);
  };
  const checkNode = (name: string, at: number): void => {
    const type = variables.get(name);
    if (type === undefined) bind(name, 'node', at);
    else if (type !== 'node' && type !== 'any') throw conflict(name, type, 'node', at);
  };
  const checkRelationship = ({ at, length }: RelationshipPatternAst, name: string): void => {
    const type = variables.get(name);
    if (newRelationships.has(name)) {
      const message = `Relationship variable '${name}' is used more than once in a pattern`;
      throw syntaxFault('RelationshipUniquenessViolation', message, at);
    }
    newRelationships.add(name);
    if (type === undefined) bind(name, length === undefined ? 'relationship' : { list: 'relationship' }, at);
    else if (!fits(type, length !== undefined)) throw conflict(name, type, 'relationship', at);
  };

  for (const { at, variable, nodes, relationships } of patterns) {
    nodes.forEach((node, index) => {
      if (node.variable !== undefined) checkNode(node.variable, node.at);
      const relationship = relationships[index];
      if (relationship?.variable !== undefined) checkRelationship(relationship, relationship.variable);
    });
    if (variable === undefined) continue;
    if (variables.has(variable)) {
      throw syntaxFault('VariableAlreadyBound', `Variable '${variable}' is already defined`, at);
    }
    bind(variable, 'path', at);
  }
  for (const properties of propertyMaps(patterns)) {
    checkExpression(properties, { variables, aggregates: 'refused', condition: false });
  }
  return variables;
}

function fits(type: StaticType, isList: boolean): boolean {
  if (type === 'any') return true;
  if (!isList) return type === 'relationship';
  return isListType(type) && (type.list === 'relationship' || type.list === 'any');
}

function conflict(name: string, type: StaticType, wanted: string, at: number): Error {
  const message = `Variable '${name}' is already defined as ${withArticle(kindOfType(type))} and cannot be a ${wanted}`;
  return syntaxFault('VariableTypeConflict', message, at);
}
