import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { AnyVariables } from '@urql/core';
import { useEffect, useRef } from 'react';
import { useClient } from 'urql';

/**
 * Calls `onEvent` for each event of a subscription, as long as the component is shown. After a lost connection it goes on
 * with what happens from then on: what was missed shows when the screen loads again.
 */
export function useLiveEvents<Data, Variables extends AnyVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  onEvent: (data: Data) => void,
): void {
  const client = useClient();
  const newest = useRef({ variables, onEvent });
  useEffect(() => {
    newest.current = { variables, onEvent };
  });
  const signature = JSON.stringify(variables);
  useEffect(() => {
    const subscription = client.subscription(document, newest.current.variables).subscribe(({ data }) => {
      if (data !== undefined) newest.current.onEvent(data);
    });
    return () => subscription.unsubscribe();
  }, [client, document, signature]);
}
