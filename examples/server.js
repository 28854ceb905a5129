// The back end of a chat: serves its page, and issues tokens that may submit feedback as the signed-in user, and nothing else.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve } from 'node:path';
import process from 'node:process';

const { FEEDBACK_URL = 'http://127.0.0.1:4000', FEEDBACK_TOKEN = '', PORT = '8080' } = process.env;
// Of its own: everything in it is public.
const folder = resolve(process.argv[2] ?? 'public');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** In place of your own sessions. */
function signedInUser() {
  return 'user123';
}

async function issueToken() {
  const answer = await fetch(`${FEEDBACK_URL}/api/v1/llm/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${FEEDBACK_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ sub: signedInUser(), expires_in: 900 }),
  });
  if (!answer.ok) throw new Error(`The feedback server answered ${answer.status}`);
  return answer.text();
}

const server = createServer(async (request, response) => {
  try {
    const { pathname } = new URL(`http://localhost${request.url}`);
    if (pathname === '/feedback-token' && request.method === 'POST') {
      response.setHeader('content-type', 'application/json').end(await issueToken());
      return;
    }
    const file = join(folder, pathname === '/' ? 'index.html' : pathname);
    const body = await readFile(file);
    response
      .setHeader('content-type', `${types[extname(file)] ?? 'application/octet-stream'}; charset=utf-8`)
      .setHeader('content-security-policy', `default-src 'self'; connect-src 'self' ${FEEDBACK_URL}`)
      .end(body);
  } catch (error) {
    response.writeHead(['ENOENT', 'EISDIR', 'ENOTDIR'].includes(error.code) ? 404 : 502).end();
  }
});
server.listen(Number(PORT), '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${server.address().port}\n`);
});
