import { defineMessages } from '../../messages/messages.js';

export const adaptersMessages = defineMessages(
  () => ({ title: 'Adapters' }),
  () => ({ title: 'Adapter' }),
);
