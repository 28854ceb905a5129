import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { takeTokenFromFragment } from '../token.js';
import { Console } from './frame/console.js';
import './theme/tokens.css';
import './theme/reset.css';
import { applyTheme, readTheme } from './theme/theme.js';

takeTokenFromFragment();
applyTheme(readTheme());
const place = document.getElementById('console');
if (place !== null) {
  createRoot(place).render(
    <StrictMode>
      <Console />
    </StrictMode>,
  );
}
