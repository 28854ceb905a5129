import { Field, ID, InterfaceType } from 'type-graphql';
import { nodeKind } from '../../model/node.js';

@InterfaceType('Node', {
  description:
    'What has an id of its own (Relay Global Object Identification): `node(id:)` finds it again. Ids begin with ' +
    '`feedback-` for feedback and with `batch-` for training batches; any other id is an adapter.',
})
export abstract class Node {
  @Field(() => ID, { description: 'The id, unique among all nodes of the organization.' })
  id!: string;
}

/** The object type of a node, which its id tells. */
export function resolveNodeType({ id }: Node): string {
  return nodeKind(id);
}
