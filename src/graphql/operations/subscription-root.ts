/**
 * A subscription has one root field, whatever its variables say (GraphQL, section 6.2.3.1). graphql-js 16 lets a directive
 * skip it: it throws where it validates one that depends on a variable, and where it runs one that is gone.
 */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';
import { OperationRefusedError } from './limits.js';

/** @throws {OperationRefusedError} if a directive may leave out the root field of a subscription. */
export function checkSubscriptionRoot(
  { definitions }: DocumentNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): void {
  const seen = new Set<string>();

  const check = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      const directive = selection.directives?.find(({ name: { value } }) => value === 'skip' || value === 'include');
      if (directive !== undefined) {
        throw new OperationRefusedError(
          'BAD_USER_INPUT',
          `The root field of a subscription must not have the directive '@${directive.name.value}'`,
        );
      }
      if (selection.kind === Kind.INLINE_FRAGMENT) check(selection.selectionSet);
      if (selection.kind !== Kind.FRAGMENT_SPREAD || seen.has(selection.name.value)) continue;
      seen.add(selection.name.value);
      const fragment = fragments.get(selection.name.value);
      if (fragment !== undefined) check(fragment.selectionSet);
    }
  };

  for (const definition of definitions) {
    const isSubscription =
      definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.SUBSCRIPTION;
    if (isSubscription) check(definition.selectionSet);
  }
}
