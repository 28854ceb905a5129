import { defineMessages } from '../../messages/messages.js';

export const reviewMessages = defineMessages(
  () => ({ title: 'Review' }),
  () => ({ title: 'Prüfung' }),
);
