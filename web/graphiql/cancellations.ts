/**
 * Keeps what the editor gives up on purpose out of the console: when a text is changed for another (a tab, a new token)
 * Monaco rejects its delayed work, such as the highlighting of a word, and nobody catches that
 * (microsoft/monaco-editor#5135). Every other rejection is still reported.
 */
export function hideCancellations(target: EventTarget): void {
  target.addEventListener('unhandledrejection', (event) => {
    if (!('reason' in event) || !(event.reason instanceof Error)) return;
    if (event.reason.name === 'Canceled' && event.reason.message === 'Canceled') event.preventDefault();
  });
}
