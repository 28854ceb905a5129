import { LanguageProvider } from '../messages/messages.js';
import { Frame } from './frame.js';
import { SessionGate } from './session-gate.js';

/** All of the console: whoever is not signed in is asked to, at whatever address. */
export function Console() {
  return (
    <LanguageProvider>
      <SessionGate>
        <Frame />
      </SessionGate>
    </LanguageProvider>
  );
}
