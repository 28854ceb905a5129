import fc from 'fast-check';
import { expect, it } from 'vitest';
import { restPlace } from '../../src/model/rest-place.js';

it.each([
  ['userId', 'user_id'],
  ['scoreDefinitions[2]', 'score_definitions[2]'],
  ['candidates[0].adapterId', 'candidates[0].adapter_id'],
  ['candidates[12].modelVersion', 'candidates[12].model_version'],
  ['candidates[1].messages[0].tool_calls', 'candidates[1].messages[0].tool_calls'],
])('a place in an input, %s, is %s in REST', (place, named) => {
  expect(restPlace(place)).toBe(named);
});

it('a name of the client inside a field stays as it was sent, whatever it is', () => {
  const places = fc.constantFrom('messages[0].', 'messages[3].tool_calls[0].function.', 'candidates[0].messages[1].');
  fc.assert(
    fc.property(
      places,
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('fooBar', 'adapterId', 'X')),
      (at, name) => {
        expect(restPlace(at + name)).toBe(at + name);
      },
    ),
  );
  expect(restPlace('candidates[0].fooBar')).toBe('candidates[0].fooBar');
});
