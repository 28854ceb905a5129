import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { takeTokenFromFragment } from '../token.js';
import { Console } from './frame/console.js';
import { browserPlatform } from './session/browser.js';
import { createCredentials } from './session/credentials.js';
import './theme/tokens.css';
import './theme/reset.css';
import { applyTheme } from './theme/theme.js';

const isTokenGiven = takeTokenFromFragment();
const credentials = createCredentials(browserPlatform(), isTokenGiven);
applyTheme();
const place = document.getElementById('console');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <Console credentials={credentials} />
    </StrictMode>,
  );
}
