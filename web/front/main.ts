import { readToken, takeTokenFromFragment } from '../token.js';
import './page.css';

/** A link that is opened in a new tab finds no token there, so that it carries the token itself. */
function carryToken(token: string): void {
  for (const link of document.querySelectorAll<HTMLAnchorElement>('a[data-page]')) {
    link.hash = `token=${encodeURIComponent(token)}`;
  }
}

function showToken(token: string): void {
  const status = document.getElementById('token');
  if (status === null || token === '') return;
  status.textContent = 'This tab has a token, and the links to GraphiQL and the REST API pass it on.';
  document.getElementById('no-token')?.remove();
  document.getElementById('make-token')?.remove();
}

async function showHealth(): Promise<void> {
  const health = document.getElementById('health');
  if (health === null) return;
  const [state, text] = await askHealth();
  health.dataset['state'] = state;
  health.textContent = text;
}

async function askHealth(): Promise<readonly [state: 'ok' | 'failing', text: string]> {
  try {
    const { ok } = await fetch('/health/ready', { cache: 'no-store' });
    return ok ? ['ok', 'Ready for requests and writes.'] : ['failing', 'It answers, but cannot write now.'];
  } catch {
    return ['failing', 'It does not answer.'];
  }
}

takeTokenFromFragment();
const token = readToken();
if (token !== '') carryToken(token);
showToken(token);
await showHealth();
