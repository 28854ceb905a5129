import { readFile } from 'node:fs/promises';
import { graphql } from 'graphql';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { loadKeyedHash } from '../../src/audit/keyed-hash.js';
import { fillDemo } from '../../src/demo/fill.js';
import { createRequestContext, type Services } from '../../src/graphql/context.js';
import { createSchema } from '../../src/graphql/schema.js';
import { permissionsOf } from '../../src/permissions.js';
import { createValidation } from '../../src/validation/registry.js';
import { openMemoryStore } from '../support/memory-engine.js';

const DOCUMENT = 'docs/graphql.md';
const EXAMPLE = /```graphql\n([\s\S]*?)```\n\n```json\n([\s\S]*?)```/g;
/** When the demo of the document was made. */
const NOW = Date.UTC(2026, 0, 29, 12);

/** Ids are made anew each time. */
function normalized(answer: unknown): string {
  return JSON.stringify(answer, null, 2)
    .replaceAll(/feedback-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'feedback-…')
    .replaceAll(/demo-[0-9a-f]{6}/g, 'demo-…');
}

it('each query in docs/graphql.md has the answer that is shown there', async () => {
  const document = await readFile(DOCUMENT, 'utf8');
  const store = await openMemoryStore();
  const services: Services = {
    store,
    keyedHash: await loadKeyedHash(store),
    validate: createValidation(undefined),
    now: () => NOW,
  };
  await fillDemo(services);
  const schema = createSchema();
  const principal = { sub: 'reader', org: 'default', permissions: permissionsOf('member'), expiresAt: Infinity };

  let shown = document;
  for (const [example, source = '', answer = ''] of document.matchAll(EXAMPLE)) {
    const contextValue = createRequestContext(services, principal, 'test');
    const result = await graphql({ schema, source, contextValue });
    expect(result.errors).toBeUndefined();
    shown = shown.replace(example, () => example.replace(answer, () => `${normalized({ data: result.data })}\n`));
  }
  expect([...document.matchAll(EXAMPLE)].length).toBeGreaterThan(8);
  const formatted = await format(shown, { ...(await resolveConfig(DOCUMENT)), filepath: DOCUMENT });
  // `npx vitest run test/graphql/document.test.ts -u` writes the answers anew.
  await expect(formatted).toMatchFileSnapshot(`../../${DOCUMENT}`);
});
