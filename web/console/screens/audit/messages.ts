import { defineMessages } from '../../messages/messages.js';

export const auditMessages = defineMessages(
  () => ({ title: 'Audit' }),
  () => ({ title: 'Protokoll' }),
);
