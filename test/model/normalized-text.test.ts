import { expect, it } from 'vitest';
import { questionKey } from '../../src/model/normalized-text.js';

it('questions are the same whatever their case, white space and the marks at their end', () => {
  const same = ['What is it', 'what  is IT?', ' What is it ?!… ', 'What\nis it。'];
  expect(new Set(same.map(questionKey)).size).toBe(1);
  expect(questionKey('What? is it')).not.toBe(questionKey('What is it'));
});
