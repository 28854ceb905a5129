import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { toYaml } from '../../src/training/documents/yaml.js';

const NAMES = [
  'no',
  'null',
  '12:30',
  '2026-01-01',
  '0x1f',
  '1e3',
  '',
  '---',
  '- a: b # c',
  'it\'s "quoted" \\ back',
  'a\u2028license: mit',
  'a\u2029---\u2029b',
  'a\u0085license: mit',
  '\ufeffa',
  '&anchor *alias !tag <<',
  '🦊 x: 1e9',
  'x'.repeat(300),
];

it('every text is read as it was, by YAML 1.1 as by 1.2', () => {
  const yaml = toYaml({ base_model: NAMES, 'model-index': NAMES.map((name) => ({ name })) });
  for (const version of ['1.1', '1.2'] as const) {
    expect(parse(yaml, { version })).toEqual({ base_model: NAMES, 'model-index': NAMES.map((name) => ({ name })) });
  }
  expect(yaml).not.toMatch(/[\u0085\u2028\u2029\ufeff]/u);
  // Each name on a line of its own, which no name begins.
  expect(yaml.split('\n')).toHaveLength(2 * NAMES.length + 3);
  expect(yaml).not.toMatch(/^(?:---|\.\.\.|license)/m);
});

it('numbers are numbers to readers of YAML 1.1, which want a point before an exponent', () => {
  const yaml = toYaml({ results: [{ value: 1e-7 }, { value: 1e21 }, { value: -2.5e-9 }, { value: 3 }] });
  expect(yaml).toMatch(/value: 1\.0e-7\n.*value: 1\.0e\+21\n.*value: -2\.5e-9\n.*value: 3\n/s);
  expect(parse(yaml)).toEqual({ results: [{ value: 1e-7 }, { value: 1e21 }, { value: -2.5e-9 }, { value: 3 }] });
});
