import { LanguageProvider } from '../messages/messages.js';
import { type Credentials, CredentialsContext } from '../session/credentials.js';
import { Frame } from './frame.js';
import { SessionGate } from './session-gate.js';

/** All of the console: whoever is not signed in is asked to, at whatever address. */
export function Console({ credentials }: { readonly credentials: Credentials }) {
  return (
    <LanguageProvider>
      <CredentialsContext value={credentials}>
        <SessionGate>
          <Frame />
        </SessionGate>
      </CredentialsContext>
    </LanguageProvider>
  );
}
