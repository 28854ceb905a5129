import { defineMessages } from '../messages/messages.js';

export const signInMessages = defineMessages(
  () => ({
    title: 'Sign in',
    intro: 'Review feedback, follow what adapters learned, and train the next ones.',
    token: 'Token',
    tokenHint: 'It stays in this tab alone. Make one with: feedback-graph token --sub you',
    signIn: 'Sign in',
    refused: 'The server does not take this token. It may have expired or been revoked.',
    expired: 'You have been signed out: the token has expired or been revoked. Sign in again to go on where you were.',
  }),
  () => ({
    title: 'Anmelden',
    intro: 'Feedback prüfen, sehen, was Adapter gelernt haben, und die nächsten trainieren.',
    token: 'Token',
    tokenHint: 'Es bleibt nur in diesem Tab. So entsteht eines: feedback-graph token --sub ich',
    signIn: 'Anmelden',
    refused: 'Der Server nimmt dieses Token nicht an. Vielleicht ist es abgelaufen oder widerrufen.',
    expired: 'Sie wurden abgemeldet: Das Token ist abgelaufen oder widerrufen. Nach der Anmeldung geht es hier weiter.',
  }),
);
