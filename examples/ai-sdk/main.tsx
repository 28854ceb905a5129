import { useChat } from '@ai-sdk/react';
import { defineFeedbackThumbs } from '@feedback-graph/client/widget';
import type { ChatTransport, UIMessage, UIMessageChunk } from 'ai';
import { type SubmitEvent, useState } from 'react';
import { createRoot } from 'react-dom/client';

defineFeedbackThumbs();

const url = document.querySelector<HTMLMetaElement>('meta[name=feedback-url]')?.content ?? '';

function textOf({ parts }: UIMessage): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** In place of a model. With one, leave it out: `useChat` then talks to `/api/chat` of your back end. */
const transport: ChatTransport<UIMessage> = {
  sendMessages: ({ messages }) => {
    const [last] = messages.slice(-1);
    const text = `You asked: ${last === undefined ? '' : textOf(last)}`;
    const chunks: UIMessageChunk[] = [
      { type: 'start', messageId: crypto.randomUUID() },
      { type: 'text-start', id: 'text' },
      { type: 'text-delta', id: 'text', delta: text },
      { type: 'text-end', id: 'text' },
      { type: 'finish' },
    ];
    return Promise.resolve(
      new ReadableStream<UIMessageChunk>({
        start: (controller) => {
          for (const chunk of chunks) controller.enqueue(chunk);
          controller.close();
        },
      }),
    );
  },
  reconnectToStream: () => Promise.resolve(null),
};

function App() {
  const { messages, sendMessage } = useChat({ transport });
  const [input, setInput] = useState('');
  const send = (event: SubmitEvent): void => {
    event.preventDefault();
    void sendMessage({ text: input });
    setInput('');
  };
  return (
    <>
      {messages.map((message, place) => (
        <div key={message.id}>
          <p>{textOf(message)}</p>
          {message.role === 'assistant' && (
            <feedback-thumbs
              url={url}
              token-url="/feedback-token"
              interaction-id={message.id}
              adapter-id="ai_sdk_lora"
              entry={{ messages: messages.slice(0, place + 1).map(toChatMessage) }}
            />
          )}
        </div>
      ))}
      <form onSubmit={send}>
        <input aria-label="Message" value={input} onChange={(event) => setInput(event.target.value)} />
        <button type="submit">Send</button>
      </form>
    </>
  );
}

function toChatMessage(message: UIMessage): { role: UIMessage['role']; content: string } {
  return { role: message.role, content: textOf(message) };
}

const root = document.getElementById('root');
if (root !== null) createRoot(root).render(<App />);
