import { defineMessages } from '../../messages/messages.js';

export const overviewMessages = defineMessages(
  () => ({ title: 'Overview' }),
  () => ({ title: 'Übersicht' }),
);
