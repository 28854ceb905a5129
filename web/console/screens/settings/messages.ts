import { defineMessages } from '../../messages/messages.js';

export const settingsMessages = defineMessages(
  () => ({ title: 'Settings' }),
  () => ({ title: 'Einstellungen' }),
);
