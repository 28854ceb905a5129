import { Field, ID, InterfaceType } from 'type-graphql';
import { nodeKind } from '../../model/node.js';

@InterfaceType('Node', {
  description:
    'An object with its own id, refetchable with `node(id:)` (Relay Global Object Identification). Ids of ' +
    'feedback entries begin with `feedback-` and those of training batches with `batch-`; any other id belongs ' +
    'to an adapter.',
})
export abstract class Node {
  @Field(() => ID, { description: 'Id, unique within the organization.' })
  id!: string;
}

/** The object type of a node, derived from its id. */
export function resolveNodeType({ id }: Node): string {
  return nodeKind(id);
}
