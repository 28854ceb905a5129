import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchRoute, routePath } from '../../web/console/router/routes.js';

const ORIGIN = 'https://feedback.example';

const anyId = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.string({
      unit: fc.constantFrom('.', '~', '/', '\\', '%', '%2e', '%2F', '?', '#', ';', '🦙', 'ü', ' '),
      minLength: 1,
    }),
    fc.constantFrom(
      '.',
      '..',
      '~.',
      '~..',
      '~~..',
      '%2e%2e',
      '%252e',
      '...',
      '~',
      'new',
      '../../feedback',
      'a//b',
      '/',
      '%',
    ),
  )
  .map((id) => id.toWellFormed());

describe('the addresses of screens', () => {
  it('name any id such that a browser, which resolves dots and slashes, leads back to it', () => {
    fc.assert(
      fc.property(anyId, (id) => {
        for (const name of ['entry', 'adapter'] as const) {
          const { pathname, search, hash } = new URL(routePath(name, { id }), ORIGIN);
          expect(matchRoute(pathname)).toEqual({ name, parameters: { id } });
          expect([search, hash]).toEqual(['', '']);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('of the same id are the same ones', () => {
    fc.assert(
      fc.property(anyId, anyId, (first, second) => {
        const isSame = routePath('entry', { id: first }) === routePath('entry', { id: second });
        expect(isSame).toBe(first === second);
      }),
    );
  });

  it('are found for any path, or none is, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        expect(matchRoute(path)?.name).toBeUndefined();
        const { pathname } = new URL(`/console/feedback/${path.replaceAll(/[?#]/g, '')}`, ORIGIN);
        const match = matchRoute(pathname);
        expect(match === undefined || typeof match.name === 'string').toBe(true);
      }),
    );
    expect(matchRoute('/console/feedback/100%')).toEqual({ name: 'entry', parameters: { id: '100%' } });
    expect(matchRoute('/console/training/new')?.name).toBe('newBatch');
    expect(matchRoute('/console/')?.name).toBe('overview');
    expect(matchRoute('/consoles')).toBeUndefined();
  });
});
