import type { ExpressionOf } from '../ast.js';
import { syntaxFault } from '../query-error.js';
import { checkCondition, checkExpression, type Environment } from './expression.js';
import { checkPatterns } from './pattern.js';
import { checkQuery } from './query.js';
import type { StaticType } from './types.js';

export function checkSubquery(
  expression: ExpressionOf<'exists' | 'patternPredicate' | 'patternComprehension'>,
  environment: Environment,
): StaticType {
  switch (expression.kind) {
    case 'exists':
      checkQuery(expression.query, environment.variables);
      return 'boolean';
    case 'patternPredicate': {
      if (!environment.condition) {
        const message =
          'A pattern may only stand as a condition; use a pattern comprehension or EXISTS { } for its value';
        throw syntaxFault('UnexpectedSyntax', message, expression.at);
      }
      checkPatterns([expression.pattern], environment.variables, { mayBind: false });
      return 'boolean';
    }
    case 'patternComprehension': {
      const variables = checkPatterns([expression.pattern], environment.variables, { mayBind: true });
      const inside: Environment = { variables, aggregates: 'refused', condition: false };
      if (expression.where !== undefined) checkCondition(expression.where, { ...inside, condition: true }, 'WHERE');
      return { list: checkExpression(expression.map, inside) };
    }
  }
}
