import type { Query, SingleQuery } from '../ast.js';
import { syntaxFault } from '../query-error.js';
import { checkCondition, checkExpression } from './expression.js';
import { checkPatterns } from './pattern.js';
import { checkProjection } from './projection.js';
import { isListType, kindOfType, type StaticType } from './types.js';

/**
 * Finds what could never run, before anything is read. Answers the names of the columns.
 * @throws {import('../query-error.js').QueryFault}
 */
export function checkQuery(query: Query, outer: ReadonlyMap<string, StaticType> = new Map()): readonly string[] {
  const [first = [], ...others] = query.parts.map((part) => checkSingle(part, outer));
  others.forEach((columns, index) => {
    if (columns.length === first.length && columns.every((name) => first.includes(name))) return;
    const message = 'The queries of a UNION must have the same columns';
    throw syntaxFault('DifferentColumnsInUnion', message, query.parts[index + 1]?.at);
  });
  return first;
}

function checkSingle({ clauses }: SingleQuery, outer: ReadonlyMap<string, StaticType>): readonly string[] {
  let variables = outer;
  for (const clause of clauses) {
    switch (clause.kind) {
      case 'match':
        variables = checkPatterns(clause.patterns, variables, { mayBind: true });
        if (clause.where !== undefined) {
          checkCondition(clause.where, { variables, aggregates: 'refused', condition: true }, 'WHERE');
        }
        break;
      case 'unwind': {
        const type = checkExpression(clause.list, { variables, aggregates: 'refused', condition: false });
        if (variables.has(clause.variable)) {
          throw syntaxFault('VariableAlreadyBound', `Variable '${clause.variable}' is already defined`, clause.at);
        }
        const kind = kindOfType(type);
        if (kind !== 'list' && kind !== 'any') {
          throw syntaxFault('InvalidArgumentType', `UNWIND takes a list, not ${kind}`, clause.list.at);
        }
        variables = new Map(variables).set(clause.variable, isListType(type) ? type.list : 'any');
        break;
      }
      case 'with':
      case 'return':
        variables = checkProjection(clause, variables);
    }
  }
  return [...variables.keys()];
}
