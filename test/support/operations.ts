import { readdirSync, readFileSync } from 'node:fs';
import { concatAST, type DocumentNode, parse, print, separateOperations } from 'graphql';

/** Every operation of schema/operations/, each as a document with the fragments that it needs, from whichever file. */
export function ownOperations(): { readonly name: string; readonly text: string; readonly document: DocumentNode }[] {
  const files = readdirSync('schema/operations').map((file) =>
    parse(readFileSync(`schema/operations/${file}`, 'utf8')),
  );
  return Object.entries(separateOperations(concatAST(files))).map(([name, document]) => ({
    name,
    text: print(document),
    document,
  }));
}
