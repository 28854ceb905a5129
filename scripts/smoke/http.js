// Calls of the API, as the smoke test makes them.
import { equal, ok } from 'node:assert/strict';

export const FEEDBACK = '/api/v1/llm/feedback';
const ANSWER_MS = 15_000;

/** One request of one user. @returns the status, and the body as JSON. */
export async function call({ server, token }, method, path, body) {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      accept: 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  return { status: response.status, body: await response.json() };
}

/** The body of an answer that must have the status. */
export async function expectCall(status, context, method, path, body) {
  const answer = await call(context, method, path, body);
  equal(answer.status, status, `${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The data of a GraphQL operation that must have no errors. */
export async function query(context, document, variables = {}) {
  const { data, errors } = await expectCall(200, context, 'POST', '/graphql', { query: document, variables });
  ok(errors === undefined, `GraphQL answered with ${JSON.stringify(errors)}`);
  return data;
}

/** What a browser gets. @returns the page, once each script and style sheet that it names has come, too. */
export async function openPage({ server }, path) {
  const page = await load(new URL(path, server.url), { accept: 'text/html' });
  const files = [...page.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="([^"#?][^"]*)"/g)].map((match) => match[1]);
  for (const file of files) await load(new URL(file, new URL(path, server.url)), {});
  return { page, files };
}

async function load(url, headers) {
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS) });
  equal(response.status, 200, `GET ${url.pathname} answered ${response.status}`);
  return response.text();
}
