import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import { pino } from 'pino';
import { Type } from 'typebox';
import { expect, it } from 'vitest';
import { createApplication } from '../../src/http/application.js';
import { createSerializerBuilder } from '../../src/http/serialization.js';

const schema = Type.Object({ id: Type.String(), count: Type.Optional(Type.Integer()) });
const route = { method: 'GET', url: '/', httpStatus: '200', schema };
const answers = [{ id: 'a' }, { id: 'b', count: 2, more: true }, { id: 'c', count: 3 }];

it('compiles nothing before the first answer, once for all, and writes what Fastify writes', () => {
  const compiled: unknown[] = [];
  const plain = SerializerSelector();
  const builder = createSerializerBuilder((schemas, options) => {
    const compile = plain(schemas, options);
    return (given) => {
      compiled.push(given);
      return compile(given);
    };
  });
  const serialize = builder()(route);
  expect(compiled).toEqual([]);
  const expected = plain()(route);
  for (const answer of answers) expect(serialize(answer)).toBe(expected(answer));
  expect(compiled).toEqual([route]);
});

it('the first answer of a route is written by its schema, as later ones are, also where that does not hold', async () => {
  const application = createApplication({ logger: pino({ level: 'silent' }), bodyLimit: 1024 });
  let served = 0;
  application.get('/answer', { schema: { response: { 200: schema } } }, () => answers[served++ % answers.length]);
  application.get(
    '/wrong',
    { schema: { response: { 200: schema } } },
    () => ({ count: 1 }) as unknown as { id: string },
  );
  const texts: string[] = [];
  for (const _ of answers) texts.push((await application.inject('/answer')).body);
  expect(texts).toEqual(['{"id":"a"}', '{"id":"b","count":2}', '{"id":"c","count":3}']);
  for (let time = 0; time < 2; time++) expect((await application.inject('/wrong')).statusCode).toBe(500);
  await application.close();
});
