/** Where the server's log goes. */
import { type DestinationStream, pino } from 'pino';
import type { LogFormat } from '../config/config.js';
import { logText } from './log-text.js';
import type { Terminal } from './terminal.js';

/** Writes the log to standard error, for people or for programs. */
export function logOutput(format: LogFormat, { errorScreen }: Terminal): DestinationStream {
  const output = pino.destination(2);
  if (format === 'json' || (format === 'auto' && errorScreen === undefined)) return output;
  return {
    write: (line) => {
      const text = logText(line, errorScreen);
      if (text !== undefined) output.write(text);
    },
  };
}
