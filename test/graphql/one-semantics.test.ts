import { OperationTypeNode } from 'graphql';
import { describeOneSemantics } from './one-semantics.js';

describeOneSemantics(
  { operation: OperationTypeNode.QUERY, documents: 300 },
  { operation: OperationTypeNode.MUTATION, documents: 100 },
);
