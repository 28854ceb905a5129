import { beforeAll, expect, it } from 'vitest';
import { APPROVED, BASE } from '../support/feedback.js';
import { shareServer, type SharedServer } from '../support/server.js';

const ADAPTERS = '/api/v1/llm/adapters';
const BATCHES = '/api/v1/llm/training/batches';
const TRAINER = { roles: ['trainer'] };

let server: SharedServer;
beforeAll(async () => {
  server = await shareServer();
  const feedback = [0, 1, 2].map((nth) => ({ ...APPROVED, question: `What is the setting ${nth}?`, adapter_id: 'v1' }));
  await server.call('POST', `${BASE}/batch`, { body: { feedback } });
  await server.call('POST', BATCHES, { body: { limit: 10 }, claims: TRAINER });
});

const get = (path: string, claims: object = TRAINER) => server.call('GET', path, { claims });

it('the description of an export names the file that is downloaded with the same parameters', async () => {
  const query = 'format=trl-sft&license=CC0-1.0';
  const described = await get(`${BATCHES}/1/croissant?${query}`);
  expect(described.status).toBe(200);
  expect(described.headers.get('content-type')).toMatch(/^application\/ld\+json/);
  const [file] = described.body['distribution'] as { sha256: string; contentSize: string; contentUrl: string }[];
  const manifest = await get(`${BATCHES}/1/manifest?format=trl-sft`);
  expect(file).toMatchObject({
    sha256: manifest.body['sha256'],
    contentSize: `${String(manifest.body['bytes'])} B`,
    contentUrl: manifest.body['file_name'],
  });
  expect(described.body).toMatchObject({ license: 'CC0-1.0', name: 'batch-1-trl-sft-train' });
  expect((await get(`${BATCHES}/1/croissant?${query}`)).body).toEqual(described.body);
});

it.each([
  [`${BATCHES}/1/croissant`, TRAINER, 400],
  [`${BATCHES}/1/croissant?format=trl-sft&license=`, TRAINER, 400],
  [`${BATCHES}/1/croissant?format=raw&file_type=parquet`, TRAINER, 400],
  [`${BATCHES}/99/croissant?format=raw`, TRAINER, 404],
  [`${BATCHES}/1/croissant?format=raw`, {}, 403],
  [`${ADAPTERS}/none/bom`, TRAINER, 404],
  [`${ADAPTERS}/v1/bom`, { roles: ['adapters:read'] }, 403],
  [`${ADAPTERS}/v1/bom`, { roles: ['training:read'] }, 200],
])('GET %s by %j is answered with %d', async (path, claims, status) => {
  expect((await get(path, claims)).status).toBe(status);
});

it('the bill of materials of an adapter is CycloneDX by its media type, and GraphQL has the same', async () => {
  const bom = await get(`${ADAPTERS}/v1/bom`);
  expect([bom.status, bom.headers.get('content-type')]).toEqual([
    200,
    expect.stringMatching(/^application\/vnd\.cyclonedx\+json; version="?1\.7/),
  ]);
  expect(bom.body).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.7' });
  const { data } = await server.graphql<{ adapterBom: object }>('{ adapterBom(adapterId: "v1") }', {}, TRAINER);
  expect(data?.adapterBom).toEqual(bom.body);
});
