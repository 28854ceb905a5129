import { pino } from 'pino';
import { expect, it } from 'vitest';
import { RequestLogger } from '../../src/http/request-logger.js';

it('the logger of a request logs what its parent would, with the id of the request, and is made once, when it logs', () => {
  const lines: unknown[] = [];
  const parent = pino({ level: 'trace' }, { write: (line: string) => lines.push(JSON.parse(line)) });
  let made = 0;
  const counting = Object.assign(Object.create(parent) as typeof parent, {
    child: (...given: Parameters<typeof parent.child>) => ((made += 1), parent.child(...given)),
  });
  const logger = new RequestLogger(counting, { reqId: 'request-1' });
  expect(made).toBe(0);
  const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
  for (const level of levels) logger[level]({ route: '/' }, 'a %s', level);
  logger.info('only a text');
  logger.silent('nothing');
  logger.child({ part: 'p' }).warn('of a part');
  expect(made).toBe(1);
  const told = [
    ...levels.map((level) => ({ level: parent.levels.values[level], route: '/', msg: `a ${level}` })),
    { level: 30, msg: 'only a text' },
    { level: 40, msg: 'of a part', part: 'p' },
  ];
  expect(lines).toMatchObject(told.map((line) => ({ reqId: 'request-1', ...line })));
  expect(lines).toHaveLength(told.length);
});

it('its level is its own', () => {
  const parent = pino({ level: 'info' }, { write: () => undefined });
  const logger = new RequestLogger(parent, { reqId: 'request-1' });
  expect(logger.level).toBe('info');
  logger.level = 'error';
  expect([logger.level, parent.level]).toEqual(['error', 'info']);
});
