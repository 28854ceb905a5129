import { defineMessages } from '../messages/messages.js';
import type { SignInError } from '../session/sign-in-error.js';

/** German sentences by reason; what is not here has the sentence of the service, which is English. */
const GERMAN_PROBLEMS: Readonly<Record<string, string>> = {
  insecure: 'Die Anmeldung braucht eine Seite über HTTPS; öffnen Sie diesen Server mit seiner https-Adresse.',
  network: 'Dieser Server ist gerade nicht erreichbar; versuchen Sie es in ein paar Sekunden noch einmal.',
  not_begun: 'Diese Anmeldung wurde nicht in diesem Tab begonnen oder ist schon beendet; melden Sie sich neu an.',
  state:
    'Die Antwort des Anmeldedienstes gehört nicht zu der Anmeldung, die hier begonnen hat; melden Sie sich neu an.',
  issuer: 'Ein anderer Anmeldedienst hat geantwortet als der, der gefragt war; melden Sie sich neu an.',
  nonce: 'Das ID-Token gehört nicht zu der Anmeldung, die hier begonnen hat; melden Sie sich neu an.',
  refused: 'Die Anmeldung wurde abgebrochen, oder Sie dürfen diese Anwendung nicht benutzen.',
  interaction: 'Der Anmeldedienst möchte, dass Sie sich neu anmelden.',
  client: 'Der Anmeldedienst nimmt diesen Server nicht an; sagen Sie es denen, die ihn betreiben.',
  unreachable: 'Der Anmeldedienst ist gerade nicht erreichbar; versuchen Sie es in ein paar Sekunden noch einmal.',
  busy: 'Gerade melden sich zu viele Leute an; versuchen Sie es in ein paar Sekunden noch einmal.',
  invalid_answer: 'Der Anmeldedienst spricht kein OpenID Connect; sagen Sie es denen, die diesen Server betreiben.',
  user: 'Der Anmeldedienst hat die Sitzung von jemand anderem verlängert; melden Sie sich neu an.',
  expired: 'Ihre Sitzung ist zu Ende; melden Sie sich neu an.',
  grant: 'Diese Anmeldung ist abgelaufen oder wurde schon benutzt; melden Sie sich neu an.',
  limit: 'Zu viele Anmeldungen aus Ihrem Netz; versuchen Sie es in einer Minute noch einmal.',
  clock: 'Die Uhren dieses Servers und des Anmeldedienstes gehen um mehr als eine Minute auseinander.',
  no_id_token: 'Der Anmeldedienst hat kein ID-Token gegeben; melden Sie sich neu an.',
  token: 'Das ID-Token des Anmeldedienstes gilt nicht; sagen Sie es denen, die diesen Server betreiben.',
  claims: 'Dem ID-Token fehlt, was dieser Server braucht: eine gültige Benutzerin oder Organisation.',
  lifetime: 'Das ID-Token gilt länger, als dieser Server erlaubt.',
  revoked: 'Ihr Zugang zu diesem Server wurde widerrufen.',
  server: 'Dieser Server konnte Sie nicht anmelden; sagen Sie es denen, die ihn betreiben.',
};

export const signInMessages = defineMessages(
  () => ({
    title: 'Sign in',
    intro: 'Review feedback, follow what adapters learned, and train the next ones.',
    signInAt: (host: string) => `Sign in with ${host}`,
    or: 'or with a token',
    token: 'Token',
    tokenHint: 'It stays in this tab alone. Make one with: feedback-graph token --sub you',
    signIn: 'Sign in',
    refused: 'The server does not take this token. It may have expired or been revoked.',
    expired: 'You have been signed out: the token has expired or been revoked. Sign in again to go on where you were.',
    problem: ({ message }: SignInError) => `${message}.`,
  }),
  () => ({
    title: 'Anmelden',
    intro: 'Feedback prüfen, sehen, was Adapter gelernt haben, und die nächsten trainieren.',
    signInAt: (host: string) => `Anmelden mit ${host}`,
    or: 'oder mit einem Token',
    token: 'Token',
    tokenHint: 'Es bleibt nur in diesem Tab. So entsteht eines: feedback-graph token --sub ich',
    signIn: 'Anmelden',
    refused: 'Der Server nimmt dieses Token nicht an. Vielleicht ist es abgelaufen oder widerrufen.',
    expired: 'Sie wurden abgemeldet: Das Token ist abgelaufen oder widerrufen. Nach der Anmeldung geht es hier weiter.',
    problem: ({ reason, message }: SignInError) => GERMAN_PROBLEMS[reason] ?? message,
  }),
);
