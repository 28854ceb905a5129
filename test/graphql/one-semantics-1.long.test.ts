// In two files, which run beside each other.
import { OperationTypeNode } from 'graphql';
import { describeOneSemantics } from './one-semantics.js';

describeOneSemantics({ operation: OperationTypeNode.QUERY, documents: 4_700 });
