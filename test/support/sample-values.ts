import type { Values } from './generated-documents.js';

const DAY = '2026-01-02T00:00:00.000Z';

/** What the variables and arguments of generated documents are taken from: things that are there, and others. */
export const sampleValues = (ids: readonly string[]): Values => ({
  ID: [...ids, 'base', 'lora', 'merge', 'llama', 'batch-1', 'feedback-1', 'none', '', 'line\nbreak'],
  Int: [1, 2, 3, 1, 2, 10, 0, -1],
  first: [1, 2, 3, 1, 2, 3, 0, -1],
  maxDepth: [1, 2, 3, 0],
  after: ['no cursor', ''],
  Float: [0, 0.5, 2],
  Boolean: [true, false],
  String: ['lora', 'v1', 'm', '', 'é😀', '\u0000'],
  DateTime: [DAY, '2025-12-31T10:00:00.000Z', '2026-02-01T00:00:00.000Z'],
  JSONObject: [{}, { a: 1, b: [null, 'x'] }],
  ChatMessage: [
    {},
    { role: 'user', content: 'What is it?' },
    { role: 'assistant', content: [{ type: 'text', text: 'It is this.' }] },
  ],
  query: [
    'RETURN 1 AS n',
    'RETURN $a AS a',
    'RETURN $b.c AS a, $constructor AS b',
    'MATCH (a:Adapter) RETURN a.id',
    'NO',
  ],
});
