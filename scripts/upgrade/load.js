// Clients that use several servers of one store at the same time, and remember what they were told.
import { deepEqual, equal, ok } from 'node:assert/strict';
import { expectCall, FEEDBACK } from '../smoke/http.js';

const CLIENTS = 6;
const PAGE = 500;
/** Validation flags it, so that there is something to review. */
const TOO_SHORT = 'Yes';

/**
 * @param token of a user who may do everything
 * @returns what uses servers, and what checks that they know of everything that was acknowledged so far
 */
export function createLoad(token) {
  /** By the id of an entry: what it must be. */
  const acknowledged = new Map();
  /** What each of two followers has been told, whichever server it asked. */
  const followed = [[], []];
  const counts = { submitted: 0, reviewed: 0, listed: 0 };

  const ask = (server, ...request) => expectCall(200, { server, token }, ...request);

  async function turn(client, number, here, there) {
    const isShort = number % 3 === 0;
    const question = `What did client ${client} ask in turn ${number}?`;
    const submission = {
      type: 'positive',
      question,
      answer: isShort ? TOO_SHORT : `The answer of ${client}-${number}.`,
    };
    const body = { ...submission, adapter_id: `adapter-${number % 4}`, user_id: `user-${client}` };
    const { id, validation_status: status } = await expectCall(201, { server: here, token }, 'POST', FEEDBACK, body);
    ok(!acknowledged.has(id), `${id} was given twice`);
    acknowledged.set(id, { question, status });
    counts.submitted += 1;
    if (isShort) {
      const verdict = number % 2 === 0 ? 'approve' : 'reject';
      await ask(there, 'POST', `${FEEDBACK}/review/${id}`, { verdict });
      acknowledged.set(id, { question, status: verdict === 'approve' ? 'approved' : 'rejected' });
      counts.reviewed += 1;
    }
    // What one server has acknowledged, each of them knows.
    for (const server of [here, there]) checkEntry(await ask(server, 'GET', `${FEEDBACK}/${id}`));
    const { feedback } = await ask(there, 'GET', `${FEEDBACK}?limit=100&order=desc`);
    ok(
      feedback.some((entry) => entry.id === id),
      `${id} is not listed`,
    );
    counts.listed += 1;
  }

  function checkEntry({ id, question, validation_status: status }) {
    deepEqual({ question, status }, acknowledged.get(id), id);
  }

  async function readOn(server, changes) {
    const after = changes.at(-1)?.id ?? '0';
    const { changes: found, has_more: isMore } = await ask(
      server,
      'GET',
      `${FEEDBACK}/changes?after=${after}&limit=${PAGE}`,
    );
    changes.push(...found);
    return isMore;
  }

  return {
    counts,
    /** Uses the servers until what happens meanwhile has come to its end. */
    async during(servers, happening) {
      let isOver = false;
      let number = counts.submitted;
      const client = async (client) => {
        while (!isOver) {
          const at = (number += 1);
          await turn(client, at, servers[at % servers.length], servers[(at + 1) % servers.length]);
        }
      };
      const follower = async (changes, place) => {
        while (!isOver) await readOn(servers[place % servers.length], changes);
      };
      const over = happening.finally(() => (isOver = true));
      const clients = Array.from({ length: CLIENTS }, (_, name) => client(name));
      // One that fails ends the others.
      const all = [...clients, ...followed.map(follower)].map((one) => one.finally(() => (isOver = true)));
      await Promise.all([over, ...all]);
      return happening;
    },
    /** Asks each server for everything. @throws if anything is missing, doubled, or another than was acknowledged */
    async check(servers) {
      for (const [place, server] of servers.entries()) {
        const changes = followed[place];
        while (await readOn(server, changes));
        ok(
          changes.every(({ id }, at) => at === 0 || isBefore(changes[at - 1].id, id)),
          'the change feed is out of order',
        );
        const changed = new Set(changes.map(({ node }) => node));
        for (const id of acknowledged.keys()) ok(changed.has(id), `the change feed lacks ${id}`);
        const { total_feedback: total } = await ask(server, 'GET', `${FEEDBACK}/stats`);
        equal(total, acknowledged.size, 'there are more entries or fewer than were acknowledged');
        for (const id of acknowledged.keys()) checkEntry(await ask(server, 'GET', `${FEEDBACK}/${id}`));
      }
      deepEqual(followed[0], followed[1], 'the followers were told different things');
    },
  };
}

/** In the order of commits, and of the changes of one commit. */
function isBefore(one, other) {
  const [[commit, place = 0], [otherCommit, otherPlace = 0]] = [one, other].map((id) => id.split('.').map(Number));
  return commit < otherCommit || (commit === otherCommit && place < otherPlace);
}
