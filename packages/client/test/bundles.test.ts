import { gzipSync } from 'node:zlib';
import { type OutputChunk, rolldown } from 'rolldown';
import { describe, expect, it } from 'vitest';

/** What a bundler makes of an entry point for browsers. */
async function bundle(entry: string, code?: string): Promise<OutputChunk> {
  const input = new URL(`../src/${entry}`, import.meta.url).pathname;
  const bundled = await rolldown({
    input: code === undefined ? input : 'virtual:entry',
    platform: 'browser',
    // What is not found in the package or its dependencies would be taken for a module of the platform.
    onLog: (level, log) => {
      if (level === 'warn') throw new Error(log.message);
    },
    plugins: [
      {
        name: 'virtual',
        resolveId: (id) => (id === 'virtual:entry' ? id : null),
        load: (id) =>
          id === 'virtual:entry' ? `import * as client from ${JSON.stringify(input)};\n${code ?? ''}` : null,
      },
    ],
  });
  const { output } = await bundled.generate({ format: 'esm', minify: true });
  await bundled.close();
  return output[0];
}

describe('bundles for browsers', () => {
  it.each(['index.ts', 'submit.ts', 'queue/index.ts', 'widget/index.ts', 'widget/register.ts'])(
    '%s needs nothing of Node.js, nor anything else that is not in it',
    async (entry) => {
      const { code, imports, dynamicImports } = await bundle(entry);
      expect([imports, dynamicImports]).toEqual([[], []]);
      expect(code).not.toMatch(/\brequire\(|\bprocess\.(?!versions)|node:|\bBuffer\b/);
    },
  );

  it('submit alone has at most 8 kB, and the widget less than 6 kB, gzipped', async () => {
    const sizeOf = async (entry: string) => gzipSync((await bundle(entry)).code).length;
    expect(await sizeOf('submit.ts')).toBeLessThanOrEqual(8_000);
    expect(await sizeOf('widget/register.ts')).toBeLessThan(6_000);
  });

  it.each(['index.ts', 'submit.ts', 'queue/index.ts', 'widget/index.ts'])(
    '%s does nothing when it is loaded: what is not used leaves nothing behind',
    async (entry) => {
      expect((await bundle(entry, 'console.log("used")')).code.trim()).toBe('console.log(`used`);');
    },
  );
});
