import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createEventParser } from '../src/event-stream.js';

const TEXT = [
  'retry: 2000\n\n',
  ':\n\n',
  'id: 1\ndata: {"a":\ndata: "ü🦙"}\n\n',
  'id: 2\n\n',
  'event: other\r\nid:3\r\ndata:x: y\r\n\r\n',
].join('');
const EVENTS = [{ retryMs: 2_000 }, { id: '1', data: '{"a":\n"ü🦙"}' }, { id: '2' }, { id: '3', data: 'x: y' }];

it('finds the same events however the text is cut', () => {
  const cuts = fc.array(fc.nat(TEXT.length)).map((places) => [0, ...places.toSorted((a, b) => a - b), TEXT.length]);
  fc.assert(
    fc.property(cuts, (places) => {
      const parse = createEventParser();
      const found = places.slice(1).flatMap((end, index) => parse(TEXT.slice(places[index], end)));
      expect(found).toEqual(EVENTS);
    }),
  );
});

it('leaves out an event whose end is missing', () => {
  expect(createEventParser()('id: 7\ndata: half')).toEqual([]);
});
