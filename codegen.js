// Types and typed documents of our own operations: those that the REST routes run, and those of the console.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

const CONSOLE = 'web/console';

/** @param scalars what each scalar of the schema is, beside `ID` */
function outputOf(documents, scalars) {
  return {
    documents,
    plugins: [
      { add: { content: '/* Generated from schema/ by `npm run schema`. */' } },
      'typescript-operations',
      'typed-document-node',
    ],
    config: {
      useTypeImports: true,
      enumsAsTypes: true,
      skipTypename: true,
      strictScalars: true,
      defaultScalarType: 'unknown',
      scalars: { ID: 'string', JSON: 'unknown', ...scalars },
    },
  };
}

/** Each folder of the console with operations has their types beside them, so that they are loaded with its code. */
const consoleFolders = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.graphql'))
  .map((file) => dirname(file));

export default {
  schema: 'schema/schema.graphql',
  generates: {
    'src/rest/operations.generated.ts': outputOf('schema/operations/*.graphql', {
      DateTime: 'Date',
      JSONObject: '{ [key: string]: unknown }',
      ChatMessage: '../model/conversation.js#ChatMessage',
      FeedbackDocument: '../model/wire-entry.js#WireEntry',
      PromotionResultDocument: '../adapters/promotion-rules.js#DocumentedResult',
      PreferredCandidate: '../model/preference.js#Preferred',
    }),
    ...Object.fromEntries(
      [...new Set(consoleFolders)].map((folder) => {
        const types = `${folder
          .split(/[\\/]/)
          .map(() => '..')
          .join('/')}/api/scalars.js`;
        const output = outputOf(`${join(CONSOLE, folder)}/*.graphql`, {
          DateTime: 'string',
          JSONObject: `${types}#JsonObject`,
          ChatMessage: `${types}#ChatMessage`,
          FeedbackDocument: `${types}#JsonObject`,
          PromotionResultDocument: `${types}#JsonObject`,
          PreferredCandidate: `${types}#Preferred`,
        });
        return [join(CONSOLE, folder, 'documents.generated.ts'), output];
      }),
    ),
  },
};
