import { defineMessages } from '../../messages/messages.js';

export const trainingMessages = defineMessages(
  () => ({ title: 'Training' }),
  () => ({ title: 'Training' }),
);
