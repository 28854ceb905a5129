import { OperationTypeNode } from 'graphql';
import { describeOneSemantics } from './one-semantics.js';

describeOneSemantics(
  { operation: OperationTypeNode.QUERY, documents: 800 },
  { operation: OperationTypeNode.MUTATION, documents: 200 },
);
