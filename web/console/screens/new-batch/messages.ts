import { defineMessages } from '../../messages/messages.js';

export const newBatchMessages = defineMessages(
  () => ({ title: 'New training batch' }),
  () => ({ title: 'Neuer Trainingsstapel' }),
);
