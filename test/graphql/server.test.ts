import { beforeAll, expect, it } from 'vitest';
import { packageVersion } from '../../src/version.js';
import { shareServer, type SharedServer } from '../support/server.js';

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
});

it('tells its version and the limits in force to whoever reads, and not to tokens of widgets', async () => {
  const query = '{ server { version limits { userRequestsPerMinute entryBytes trainingBatchEntries } } }';
  for (const role of ['reader', 'operator', 'admin']) {
    const { data } = await server.graphql<{ server: object }>(query, {}, { roles: [role] });
    expect(data?.server).toEqual({
      version: packageVersion(),
      limits: {
        userRequestsPerMinute: expect.any(Number) as number,
        entryBytes: 256 * 1024,
        trainingBatchEntries: 100_000,
      },
    });
  }
  const { errors } = await server.graphql(query, {}, { roles: ['submitter'] });
  expect(errors?.[0]?.extensions['code']).toBe('FORBIDDEN');
});
