import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const execute = promisify(execFile);

/** As an application would write it: a list that loads more, an entry that can be fetched again, and a mutation. */
const APPLICATION = `import { graphql } from 'react-relay';

graphql\`
  query AppQuery($id: ID!) {
    adapter(id: $id) {
      ...App_adapter
    }
    ...App_list
  }
\`;

graphql\`
  fragment App_list on Query
  @refetchable(queryName: "AppListPaginationQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    adapters(first: $first, after: $after) @connection(key: "App_adapters") {
      edges {
        node {
          id
          version
        }
      }
    }
  }
\`;

graphql\`
  fragment App_adapter on Adapter
  @refetchable(queryName: "AppAdapterPaginationQuery")
  @argumentDefinitions(first: { type: "Int", defaultValue: 20 }, after: { type: "String" }) {
    id
    rank
    feedback(first: $first, after: $after) @connection(key: "App_feedback", filters: []) {
      totalCount
      edges {
        createdAt
        metadata
        node {
          id
          question
        }
      }
    }
  }
\`;

graphql\`
  mutation AppSubmitMutation($input: SubmitFeedbackInput!, $connections: [ID!]!) {
    submitFeedback(input: $input) @appendNode(connections: $connections, edgeTypeName: "AdapterFeedbackEdge") {
      id
      question
      validationStatus
    }
  }
\`;
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-relay-'));
  await mkdir(join(directory, 'src'));
  await copyFile('schema/schema.graphql', join(directory, 'schema.graphql'));
});
afterAll(() => rm(directory, { recursive: true }));

async function compile(application: string): Promise<string> {
  await writeFile(join(directory, 'src', 'App.ts'), application);
  const config = {
    src: './src',
    schema: './schema.graphql',
    language: 'typescript',
    eagerEsModules: true,
    noFutureProofEnums: true,
  };
  await writeFile(join(directory, 'relay.config.json'), JSON.stringify(config));
  await writeFile(join(directory, 'package.json'), '{}');
  const command = [resolve('node_modules/relay-compiler/cli.js'), '--noWatchman', 'relay.config.json'];
  const { stdout, stderr } = await execute(process.execPath, command, { cwd: directory });
  return stdout + stderr;
}

it("Relay's compiler takes the printed schema, with pagination, refetching and a mutation", async () => {
  await compile(APPLICATION);
  const made = await readdir(join(directory, 'src', '__generated__'));
  expect(made.sort()).toEqual([
    'AppAdapterPaginationQuery.graphql.ts',
    'AppListPaginationQuery.graphql.ts',
    'AppQuery.graphql.ts',
    'AppSubmitMutation.graphql.ts',
    'App_adapter.graphql.ts',
    'App_list.graphql.ts',
  ]);
  const refetch = await readFile(
    join(directory, 'src', '__generated__', 'AppAdapterPaginationQuery.graphql.ts'),
    'utf8',
  );
  expect(refetch).toContain('node(id: $id)');
});

it("Relay's compiler refuses what the schema does not have", async () => {
  await expect(compile(APPLICATION.replace('rank', 'grade'))).rejects.toThrow();
});
