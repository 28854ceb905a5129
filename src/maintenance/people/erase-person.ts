import type { Actor } from '../../audit/events.js';
import { SUBMIT_ACTION } from '../../audit/events.js';
import { noteErasedPerson } from '../../audit/trail.js';
import { type ErasedOfUser, eraseFeedbackOfUser, eraseFeedbackSubmittedBy } from '../../feedback/erase.js';
import { purge } from '../../feedback/purge.js';
import type { DomainServices } from '../../services.js';
import { eventsOfActor, forgetName } from './forget-name.js';

/** A person as clients name their users, or as tokens name who acts. */
export type Person = { readonly userId: string } | { readonly sub: string };

/** The name itself, whoever gives it. */
export function nameOf(person: Person): string {
  return 'userId' in person ? person.userId : person.sub;
}

/** Ids of submitted entries that are erased one after the other. */
const SUBMITTED_AT_ONCE = 1_000;

/**
 * Erases all that a person has submitted so far, and takes their name out of what stays: audit events, and records of what
 * others may need that say who reviewed, linked, registered or trained. Once this resolves, no file of the store has the
 * name. Can be repeated after a failure.
 * @throws {UnavailableError} if the files cannot be rewritten now
 */
export async function erasePerson(
  services: DomainServices,
  actor: Actor,
  person: Person,
  reason?: string,
): Promise<ErasedOfUser> {
  const { store, keyedHash, now } = services;
  const { org } = actor;
  const nameHash = keyedHash(org, nameOf(person));
  await store.transact((transaction) => noteErasedPerson(transaction, org, { nameHash, at: now() }));
  const erased =
    'userId' in person
      ? await eraseFeedbackOfUser(services, actor, person.userId, reason)
      : await eraseFeedbackSubmittedBy(services, actor, person.sub, submittedBy(services, org, person.sub), reason);
  const { keys, intents } = await forgetName(services, org, nameOf(person));
  if (keys.length > 0) await purge(store, intents, keys);
  return erased;
}

/** The ids of entries that a user has submitted, as their token names them, in pieces. */
export async function* submittedBy(
  { store }: Pick<DomainServices, 'store'>,
  org: string,
  sub: string,
): AsyncGenerator<readonly string[], void> {
  let ids: string[] = [];
  for await (const { action, node } of eventsOfActor(store, org, sub)) {
    if (action !== SUBMIT_ACTION) continue;
    if (ids.push(node) < SUBMITTED_AT_ONCE) continue;
    yield ids;
    ids = [];
  }
  if (ids.length > 0) yield ids;
}
