// Bundles the pages of web/ into dist/web/, each only if something that it is made of is newer than the last bundle.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** Each page: its folder in web/, and where the server serves it. A new page is a line here. */
const PAGES = [
  { folder: 'console', base: '/console/' },
  { folder: 'graphiql', base: '/graphql/' },
  { folder: 'docs', base: '/docs/' },
];

const root = fileURLToPath(new URL('..', import.meta.url));

async function newest(path) {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const names = await readdir(path);
  return Math.max(0, ...(await Promise.all(names.map((name) => newest(join(path, name))))));
}

for (const { folder, base } of PAGES) {
  const outDir = join(root, 'dist/web', folder);
  const made = await stat(join(outDir, 'index.html')).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  const sources = ['web', 'package-lock.json', 'scripts/build-web.js'].map((path) => newest(join(root, path)));
  if (Math.max(...(await Promise.all(sources))) < made) continue;
  process.stdout.write(`bundling web/${folder}\n`);
  await build({
    configFile: false,
    root: join(root, 'web', folder),
    base,
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2023',
      chunkSizeWarningLimit: 8_000,
      modulePreload: { polyfill: false },
      // The licenses of what is bundled ask for their notices.
      license: { fileName: 'licenses.md' },
    },
    worker: { format: 'es' },
  });
}
