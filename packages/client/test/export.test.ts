import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createClientWith } from '../src/client.js';
import type { Token } from '../src/token.js';
import { collect } from './support/collect.js';
import {
  fakeClock,
  fakeFetch,
  HTML,
  json,
  refusal,
  type Responder,
  type SentRequest,
  streamed,
} from './support/fake-fetch.js';

const FILE = Buffer.from(['{"prompt":"Was heißt 🦙?"}', '{"prompt":"b"}', '{"prompt":"c"}', ''].join('\n'));
const MANIFEST = { sha256: createHash('sha256').update(FILE).digest('hex'), bytes: FILE.length };
const HEADERS = { 'content-type': 'application/jsonl', etag: '"export-1"' };

/** A server of one export, which sends at most `most` bytes per connection and then breaks off. */
function exportServer({ most = FILE.length, file = FILE, manifest = MANIFEST, etag = HEADERS.etag } = {}) {
  return (request: SentRequest): Response => {
    if (request.url.includes('/manifest')) return json(manifest);
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.get('range') ?? '')?.[1] ?? 0);
    const isSame = (request.headers.get('if-range') ?? etag) === etag;
    const rest = file.subarray(isSame ? start : 0);
    return streamed([rest.subarray(0, most)], {
      whole: most >= rest.length,
      status: isSame && start > 0 ? 206 : 200,
      headers: { ...HEADERS, etag },
    })();
  };
}

function batchOn(responders: Responder[], token: Token = 't') {
  const { sent, fetch } = fakeFetch(...responders);
  const client = createClientWith({ url: 'http://server', token, fetch }, fakeClock());
  return { sent, batch: client.training.batch(7) };
}

describe('an export', () => {
  it('is a stream of the bytes that the manifest promises', async () => {
    const { sent, batch } = batchOn([exportServer()]);
    const stream = batch.export({ format: 'trl-dpo', split: 'holdout' });
    expect(sent).toEqual([]);
    expect(Buffer.from(await new Response(stream).arrayBuffer())).toEqual(FILE);
    expect(sent.map(({ url }) => url)).toEqual([
      'http://server/api/v1/llm/training/batches/7/manifest?format=trl-dpo&split=holdout',
      'http://server/api/v1/llm/training/batches/7/export?format=trl-dpo&split=holdout',
    ]);
  });

  it('goes on where a connection broke off, also within a character', async () => {
    for (const most of [1, 20, 21, 22, 40]) {
      const { sent, batch } = batchOn([exportServer({ most })]);
      const rows = await collect(batch.rows({ format: 'trl-dpo' }));
      expect(rows).toEqual([{ prompt: 'Was heißt 🦙?' }, { prompt: 'b' }, { prompt: 'c' }]);
      expect(sent.length).toBe(1 + Math.ceil(FILE.length / most));
      expect(sent[2]?.headers.get('if-range')).toBe('"export-1"');
    }
  });

  it('goes on with a new token when the one before has expired meanwhile', async () => {
    let age = 0;
    const server = exportServer({ most: 30 });
    const { sent, batch } = batchOn(
      [
        (request) => {
          const isOld = request.headers.get('authorization') !== `Bearer token-${Math.floor(age / 2)}`;
          age += isOld ? 0 : 1;
          return isOld ? refusal(401, 'UNAUTHENTICATED') : server(request);
        },
      ],
      (() => {
        let token = 0;
        return ({ renew }) => `token-${(token += renew ? 1 : 0)}`;
      })(),
    );
    expect(Buffer.from(await new Response(batch.export({ format: 'raw' })).arrayBuffer())).toEqual(FILE);
    expect(new Set(sent.map(({ headers }) => headers.get('authorization'))).size).toBeGreaterThan(1);
  });

  it('fails in the middle if its token has expired and there is no other', async () => {
    const server = exportServer({ most: 30 });
    const { batch } = batchOn([server, server, refusal(401, 'UNAUTHENTICATED')]);
    await expect(collect(batch.rows({ format: 'raw' }))).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      status: 401,
    });
  });

  it.each([
    ['other bytes', { file: Buffer.from(FILE.toString().replace('"b"', '"d"')) }],
    ['more bytes', { most: 1_000, file: Buffer.concat([FILE, Buffer.from('{}\n')]) }],
    ['another checksum', { manifest: { ...MANIFEST, sha256: '0'.repeat(64) } }],
  ])('fails at its end for %s', async (_, wrong) => {
    const { batch } = batchOn([exportServer(wrong)]);
    await expect(collect(batch.rows({ format: 'raw' }))).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' });
  });

  it('fails if it becomes another file meanwhile, as by an erasure', async () => {
    const first = exportServer({ most: 30 });
    const { batch } = batchOn([first, first, exportServer({ etag: '"export-2"' })]);
    await expect(collect(batch.rows({ format: 'raw' }))).rejects.toMatchObject({ code: 'EXPORT_CHANGED' });
  });

  it('goes on where a proxy knows no ranges, and sends the same file again', async () => {
    const whole = exportServer();
    const { batch } = batchOn([
      exportServer({ most: 30 }),
      exportServer({ most: 30 }),
      (request) => whole({ ...request, headers: new Headers() }),
    ]);
    expect(Buffer.from(await new Response(batch.export({ format: 'raw' })).arrayBuffer())).toEqual(FILE);
  });

  it('fails as soon as there is more than the manifest says, as of a server that never ends', async () => {
    const endless = () => {
      const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => controller.enqueue(FILE);
      return new Response(new ReadableStream({ pull }), { headers: HEADERS });
    };
    const { batch } = batchOn([exportServer(), endless]);
    await expect(collect(batch.rows({ format: 'raw' }))).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' });
  });

  it('tells no text of a row that is none', async () => {
    const { batch } = batchOn([
      exportServer({ file: Buffer.from(FILE.toString().replace('{"prompt"', '{secret: "prompt"')) }),
    ]);
    const error: unknown = await collect(batch.rows({ format: 'raw' })).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CHECKSUM_MISMATCH' });
    expect(String(error)).not.toContain('secret');
  });

  it('fails if connections bring nothing any more', async () => {
    const { sent, batch } = batchOn([
      exportServer({ most: 30 }),
      exportServer({ most: 30 }),
      exportServer({ most: 0 }),
    ]);
    await expect(collect(batch.rows({ format: 'raw' }))).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: `The export broke off after 30 of ${FILE.length} bytes`,
    });
    expect(sent.length).toBeLessThan(8);
  });

  it('is no page of a proxy', async () => {
    const { batch } = batchOn([exportServer(), HTML]);
    await expect(collect(batch.rows({ format: 'raw' }))).rejects.toMatchObject({ code: 'UNEXPECTED_RESPONSE' });
  });

  it('is not read further than its reader wants', async () => {
    const { sent, batch } = batchOn([exportServer({ most: 10 })]);
    for await (const row of batch.rows({ format: 'raw' })) {
      expect(row).toEqual({ prompt: 'Was heißt 🦙?' });
      break;
    }
    expect(sent.length).toBeLessThan(6);
  });
});
