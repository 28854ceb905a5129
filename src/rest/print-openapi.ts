/** Writes schema/openapi.json: what a server answers at /openapi.json. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createChangeFeed } from '../audit/change-feed.js';
import { loadKeyedHash } from '../audit/keyed-hash.js';
import { createExecution, createExecutor } from '../graphql/execution.js';
import { createSchema } from '../graphql/schema.js';
import { createApplication } from '../http/application.js';
import { createConcurrencyLimit } from '../http/live-limits.js';
import { openStore } from '../store/open.js';
import { DEFAULT_SIMILARITY } from '../training/export/near-duplicates.js';
import { createValidation } from '../validation/registry.js';
import { DESCRIPTION_PATH } from './openapi.js';
import { restRoutes } from './routes.js';

const directory = mkdtempSync(join(tmpdir(), 'feedback-graph-'));
const logger = pino({ level: 'silent' });
const bodyLimit = 256 * 1024;
const store = await openStore(`rocksdb:${join(directory, 'data')}`, { logger });
try {
  const services = { store, validate: createValidation(), keyedHash: await loadKeyedHash(store), now: Date.now };
  const schema = createSchema();
  const changes = createChangeFeed(store);
  const application = createApplication({ logger, bodyLimit });
  await restRoutes(application, {
    run: createExecutor(schema, createExecution(schema)),
    services,
    consume: () => undefined,
    live: {
      changes,
      revocations: { watch: () => () => undefined },
      connections: createConcurrencyLimit(0),
      settings: { heartbeatSeconds: 1 },
    },
    bodyLimit,
    similarity: DEFAULT_SIMILARITY,
  });
  const description = await application.inject(DESCRIPTION_PATH);
  if (description.statusCode !== 200) throw new Error(`${DESCRIPTION_PATH} answers ${description.body}`);
  await application.close();
  mkdirSync('schema', { recursive: true });
  writeFileSync('schema/openapi.json', `${JSON.stringify(JSON.parse(description.body), null, 2)}\n`);
} finally {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
}
