import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { applyTheme, storedTheme } from './theme.ts';

/** Starts an app in its page, in the person's theme from the first paint on. */
export function mount(app: ReactNode): void {
  applyTheme(storedTheme());
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no #root.');
  createRoot(root).render(<StrictMode>{app}</StrictMode>);
}
