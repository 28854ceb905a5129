import { readdirSync, readFileSync } from 'node:fs';
import { type DocumentNode, Kind, type OperationDefinitionNode, parse } from 'graphql';

/** Every document of schema/operations/ as one text per operation, with the fragments of its file. */
export function ownOperations(): { readonly name: string; readonly text: string; readonly document: DocumentNode }[] {
  return readdirSync('schema/operations').flatMap((file) => {
    const text = readFileSync(`schema/operations/${file}`, 'utf8');
    const document = parse(text);
    return document.definitions
      .filter((definition): definition is OperationDefinitionNode => definition.kind === Kind.OPERATION_DEFINITION)
      .map(({ name }) => ({ name: name?.value ?? '', text, document }));
  });
}
