import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { logText } from '../../src/cli/log-text.js';
import type { Screen } from '../../src/cli/terminal.js';

/** What a terminal shows of records that pino really writes. */
function shown(log: (logger: pino.Logger) => void, screen?: Screen): string {
  let text = '';
  log(pino({ level: 'trace' }, { write: (line) => void (text += logText(line, screen) ?? '') }));
  return text;
}

describe('the log for a terminal', () => {
  it('has the time, the level, the message and the fields of a record, and no more', () => {
    const text = shown((logger) => logger.warn({ entries: 3, plugin: 'pii redaction', id: 'a:b' }, 'it is slow'));
    expect(text).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}it is slow entries=3 plugin="pii redaction" id=a:b\n$/);
  });

  it('has the stack of an error below, with the causes that pino adds', () => {
    const error = new TypeError('it broke', { cause: new Error('the reason') });
    const [first, second, ...frames] = shown((logger) => logger.error({ err: error }, 'request failed')).split('\n');
    expect(first).toMatch(/ ERROR request failed$/);
    expect(second).toBe('    TypeError: it broke');
    expect(frames.join('\n')).toContain('caused by: Error: the reason');
  });

  it('leaves out where Fastify listens, which the first screen says', () => {
    expect(shown((logger) => logger.info('Server listening at http://127.0.0.1:4000'))).toBe('');
  });

  it('has colours where the terminal does, and only there', () => {
    const warn = (logger: pino.Logger): void => logger.warn('careful');
    expect(shown(warn, { columns: 80, colors: true })).toContain('\u001b[33mWARN');
    expect(shown(warn, { columns: 80, colors: false })).not.toContain('\u001b');
  });

  it('is one line that cannot steer a terminal, whatever others wrote into a record', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue(), fc.constant('\u001b[2J\r\n\u202e'));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), value, (message, field) => {
        const text = shown((logger) => logger.info({ field }, message));
        expect(text.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(text.endsWith('\n')).toBe(true);
      }),
    );
  });
});
