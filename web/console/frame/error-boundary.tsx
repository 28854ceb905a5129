import { Component, type ReactNode } from 'react';
import { connection } from '../api/connection.js';
import { useIsDisconnected, useReconnected } from '../api/reconnected.js';
import { Button } from '../components/button.js';
import { commonMessages } from '../components/messages.js';
import { Screen } from '../components/screen.js';
import { EmptyState, ErrorState } from '../components/states.js';
import { useMessages } from '../messages/messages.js';
import { frameMessages } from './messages.js';

interface Props {
  readonly children: ReactNode;
}

/** Keeps a screen that fails from taking the others with it. */
export class ErrorBoundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  /** The code of a screen that is shown for the first time comes from the server, which may not be there. */
  override componentDidCatch(): void {
    connection.suspect();
  }

  override render(): ReactNode {
    return this.state.hasFailed ? <Crashed /> : this.props.children;
  }
}

function Crashed() {
  const texts = useMessages(frameMessages);
  const { reload } = useMessages(commonMessages);
  const isDisconnected = useIsDisconnected();
  // Code that could not be loaded is not asked for twice by browsers; the address and drafts outlast a reload.
  useReconnected(() => location.reload(), true);
  if (isDisconnected) return <ErrorState problem={{ kind: 'offline' }} />;
  return (
    <Screen title={texts.crashed}>
      <EmptyState
        title={texts.crashedAdvice}
        // The server may have been upgraded, so that the code of the screen has another name now.
        action={<Button onClick={() => location.reload()}>{reload}</Button>}
      />
    </Screen>
  );
}
