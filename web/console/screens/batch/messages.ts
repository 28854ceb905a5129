import { defineMessages } from '../../messages/messages.js';

export const batchMessages = defineMessages(
  () => ({ title: 'Training batch' }),
  () => ({ title: 'Trainingsstapel' }),
);
