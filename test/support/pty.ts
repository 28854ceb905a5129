import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** What runs on a terminal of its own. */
export interface OnTerminal {
  /** All that the terminal shows so far, with plain line breaks. */
  shown(): string;
  /** Resolves once what is shown matches; rejects if the command ends before. */
  until(pattern: RegExp): Promise<void>;
  /** Presses Ctrl-C, and waits for the end. */
  interrupt(): Promise<void>;
}

/** Runs a command line on a real terminal, which `script` (bsdutils on Linux, part of macOS) provides. */
export function runOnTerminal(command: string, environment: Readonly<Record<string, string>>): OnTerminal {
  const argv =
    process.platform === 'linux' ? ['-qefc', command, '/dev/null'] : ['-q', '/dev/null', 'bash', '-c', command];
  const child: ChildProcess = spawn('script', argv, {
    env: { PATH: process.env['PATH'] ?? '', TERM: 'xterm', ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let shown = '';
  const ended = once(child, 'close');
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (shown += text.replaceAll('\r\n', '\n')));
  return {
    shown: () => shown,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(shown)) resolve();
        };
        look();
        child.stdout?.on('data', look);
        void ended.then(() => reject(new Error(`ended after: ${shown}`)));
      }),
    interrupt: async () => {
      child.stdin?.write('\u0003');
      await ended;
    },
  };
}
