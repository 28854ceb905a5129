import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from './application.js';
import { setPageHeaders } from './page-headers.js';
import { staticFiles, WEB } from './pages.js';

/** `/docs`: Swagger UI over the description of the API; everything that it loads is ours. */
export function docsPage(application: Application): void {
  const directory = join(WEB, 'docs');
  if (!existsSync(directory)) {
    application.log.warn('The API pages are not built, so /docs is missing; run npm run build');
    return;
  }
  const page = readFileSync(join(directory, 'index.html'), 'utf8');
  staticFiles(application, join(directory, 'assets'), '/docs/assets/');
  application.get('/docs', { config: { public: true } }, (_request, reply) =>
    setPageHeaders(reply).type('text/html; charset=utf-8').send(page),
  );
}
