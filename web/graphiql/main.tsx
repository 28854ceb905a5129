import './workers.js';
import { createGraphiQLFetcher, type Fetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import 'graphiql/style.css';
import { StrictMode, useMemo, useState, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { readTheme, subscribeTheme } from '../console/theme/theme.js';
import { drawHeader } from '../header/header.js';
import { readToken, saveToken, takeTokenFromFragment } from '../token.js';
import { hideCancellations } from './cancellations.js';
import { examplesFor } from './examples.js';
import { firstAdapter } from './first-adapter.js';
import './page.css';

/** The example's adapter where the data has none yet, or nobody may see it. */
const DOCUMENTED_ADAPTER = 'themis_help_lora';

interface PageProps {
  readonly adapterId: string;
  /** Where the header leaves room for the token. */
  readonly room: HTMLElement;
}

function Page({ adapterId, room }: PageProps) {
  const [token, setToken] = useState(readToken);
  const [refused, setRefused] = useState(false);
  const theme = useSyncExternalStore(subscribeTheme, readTheme);

  const fetcher = useMemo<Fetcher>(
    () =>
      createGraphiQLFetcher({
        url: '/graphql',
        headers: token === '' ? {} : { Authorization: `Bearer ${token}` },
        fetch: async (input, init) => {
          const response = await fetch(input, init);
          setRefused(response.status === 401);
          return response;
        },
      }),
    [token],
  );
  const tabs = useMemo(() => examplesFor(adapterId), [adapterId]);

  return (
    <>
      {createPortal(
        <form className="token" onSubmit={(event) => event.preventDefault()}>
          <label htmlFor="token">Token</label>
          <input
            id="token"
            type="password"
            autoComplete="off"
            spellCheck={false}
            placeholder="paste a token"
            value={token}
            onChange={(event) => {
              saveToken(event.target.value);
              setToken(readToken());
            }}
          />
          {token === '' || refused ? (
            <span role="status">
              {token === '' ? 'No token yet.' : 'The server does not take this token.'} Make one with{' '}
              <code>feedback-graph token --sub you</code>
            </span>
          ) : (
            <span>kept for this tab only</span>
          )}
        </form>,
        room,
      )}
      {/* A new token reads the schema anew. */}
      <GraphiQL
        key={token === '' ? 'none' : 'some'}
        fetcher={fetcher}
        defaultTabs={tabs}
        isHeadersEditorEnabled={false}
        forcedTheme={theme}
      />
    </>
  );
}

hideCancellations(window);
takeTokenFromFragment();
const adapterId = (await firstAdapter(readToken())) ?? DOCUMENTED_ADAPTER;
const place = document.getElementById('page');
const header = document.getElementById('header');
if (place !== null && header !== null) {
  const room = drawHeader(header, '/graphql');
  createRoot(place).render(
    <StrictMode>
      <Page adapterId={adapterId} room={room} />
    </StrictMode>,
  );
}
