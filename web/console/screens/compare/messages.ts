import { defineMessages } from '../../messages/messages.js';

export const compareMessages = defineMessages(
  () => ({ title: 'Compare adapters' }),
  () => ({ title: 'Adapter vergleichen' }),
);
