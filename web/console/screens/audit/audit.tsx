import { Screen } from '../../components/screen.js';
import { useMessages } from '../../messages/messages.js';
import { auditMessages } from './messages.js';

export default function AuditScreen() {
  const { title } = useMessages(auditMessages);
  return <Screen title={title} />;
}
