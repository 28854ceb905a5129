/** Every plugin that comes with the server, by its name. */
import type { ValidationPlugin } from '../contract.js';
import { basicSpamDetection } from './basic-spam-detection.js';
import { duplicateDetection } from './duplicate-detection.js';
import { onnxClassifier } from './onnx-classifier.js';
import { piiRedaction } from './pii-redaction.js';

export const BUILT_IN: ReadonlyMap<string, () => ValidationPlugin> = new Map([
  ['noop', noop],
  ['basic_spam_detection', basicSpamDetection],
  ['pii_redaction', piiRedaction],
  ['duplicate_detection', duplicateDetection],
  ['onnx_classifier', () => onnxClassifier('onnx_classifier')],
  // A second name for the same plugin (docs/validation-plugins.md, "Built-in plugins").
  ['custom_spam_detector', () => onnxClassifier('custom_spam_detector')],
]);

function noop(): ValidationPlugin {
  return {
    name: 'noop',
    version: '1.0.0',
    description: 'Accepts everything.',
    validate: () => ({ verdict: 'accept' }),
  };
}
