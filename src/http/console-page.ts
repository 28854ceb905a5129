import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Application } from './application.js';
import { setPageHeaders } from './page-headers.js';
import { staticFiles, WEB } from './pages.js';

export const CONSOLE_FILES = join(WEB, 'console');

/** `/console` and every address below it: one page, which shows the screen that its address names. */
export function consolePage(application: Application): void {
  if (!existsSync(CONSOLE_FILES)) {
    application.log.warn('The console is not built, so /console is missing; run npm run build');
    return;
  }
  const page = readFileSync(join(CONSOLE_FILES, 'index.html'), 'utf8');
  staticFiles(application, join(CONSOLE_FILES, 'assets'), '/console/assets/');
  for (const path of ['/console', '/console/*']) {
    application.get(path, { config: { public: true } }, (_request, reply) =>
      setPageHeaders(reply, 'console').type('text/html; charset=utf-8').send(page),
    );
  }
}
