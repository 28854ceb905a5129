import { describe, expect, it } from 'vitest';
import { ownOrigin } from '../../../src/http/openid/own-origin.js';

const originOf = (host: string, origin?: string, site?: string) =>
  ownOrigin({
    host,
    headers: { ...(origin !== undefined && { origin }), ...(site !== undefined && { 'sec-fetch-site': site }) },
  });

describe('the origin of the page that asks', () => {
  it.each([
    ['feedback.example', 'https://feedback.example'],
    ['feedback.example', 'http://feedback.example'],
    ['Feedback.Example', 'https://feedback.example'],
    ['feedback.example:443', 'https://feedback.example'],
    ['127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['[::1]:4000', 'http://[::1]:4000'],
  ])('is ours at %s from %s', (host, origin) => {
    expect(originOf(host, origin)).toBe(origin);
    expect(originOf(host, origin, 'same-origin')).toBe(origin);
  });

  it.each([
    ['feedback.example', undefined],
    ['feedback.example', 'null'],
    ['feedback.example', ''],
    ['feedback.example', 'https://feedback.example.evil.example'],
    ['feedback.example', 'https://feedback.example/'],
    ['feedback.example', 'https://user@feedback.example'],
    ['feedback.example', 'ftp://feedback.example'],
    ['feedback.example', 'https://feedback.example:8443'],
    ['feedback.example:8080', 'http://feedback.example'],
    ['', 'https://feedback.example'],
    ['a b', 'https://feedback.example'],
  ])('is not ours at %j from %j', (host, origin) => {
    expect(originOf(host, origin)).toBeUndefined();
  });

  it.each(['cross-site', 'same-site', 'none'])('is not ours if the browser calls it %s', (site) => {
    expect(originOf('feedback.example', 'https://feedback.example', site)).toBeUndefined();
  });
});
