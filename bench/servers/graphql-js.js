// What stands for the executor of the server where operations are run by graphql-js.
import { countingFieldResolver } from '../../dist/graphql/budget/answer-budget.js';
// The one that the server has, not the one that is installed for the comparison.
import { execute } from '../../node_modules/graphql/index.js';

export async function executeOperation(schema, { document, operation }, variableValues, contextValue) {
  return execute({
    schema,
    document,
    operationName: operation.name?.value,
    variableValues,
    contextValue,
    fieldResolver: countingFieldResolver,
  });
}
