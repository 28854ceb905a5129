import { defineMessages } from '../../messages/messages.js';

export const adapterMessages = defineMessages(
  () => ({ title: 'Adapter' }),
  () => ({ title: 'Adapter' }),
);
