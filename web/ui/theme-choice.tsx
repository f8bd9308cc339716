import { useState } from 'react';
import { applyTheme, storedTheme, themes, type Theme } from '../lib/theme.ts';

const labels: Record<Theme, string> = { system: 'System', light: 'Light', dark: 'Dark' };

/** Light, dark or system. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(storedTheme);
  return (
    <label className="flex items-center justify-between gap-3 text-sm">
      <span>Appearance</span>
      <select
        value={theme}
        className="min-h-9 rounded-lg border border-line-strong bg-surface px-2 py-1 text-sm text-ink"
        onChange={(event) => {
          const chosen = themes.find((candidate) => candidate === event.target.value) ?? 'system';
          applyTheme(chosen);
          setTheme(chosen);
        }}
      >
        {themes.map((option) => (
          <option key={option} value={option}>
            {labels[option]}
          </option>
        ))}
      </select>
    </label>
  );
}
