import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  buildClientSchema,
  buildSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import jsonwebtoken from 'jsonwebtoken';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type ServerProcess, startServerProcess } from '../support/process.js';

const secret = 'a secret of more than thirty-two bytes';
const token = jsonwebtoken.sign({}, secret, { subject: 'bundle', expiresIn: '1h' });
let directory: string;
let server: ServerProcess;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feedback-graph-bundle-'));
  server = await startServerProcess({
    FEEDBACK_STORE: `rocksdb:${join(directory, 'data')}`,
    FEEDBACK_JWT_SECRET: secret,
  });
});
afterEach(async () => {
  server.child.kill('SIGKILL');
  await server.ended;
  await rm(directory, { recursive: true, force: true });
});

// The types are named after their classes, which a bundler likes to rename.
it('the bundled program serves the schema of schema/schema.graphql', async () => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      query: getIntrospectionQuery({ specifiedByUrl: true, inputValueDeprecation: true, schemaDescription: true }),
    }),
  });
  const { data } = (await response.json()) as { readonly data: IntrospectionQuery };
  const served = printSchema(lexicographicSortSchema(buildClientSchema(data)));
  const contract = buildSchema(await readFile('schema/schema.graphql', 'utf8'));
  expect(served).toBe(printSchema(lexicographicSortSchema(contract)));
});
