import type { Log } from '../ports.ts';

/** Warnings and errors on the standard error output. */
export const consoleLog: Log = {
  info: () => undefined,
  warn: (about, message) => {
    console.warn(`countersign: ${message}`, about);
  },
  error: (about, message) => {
    console.error(`countersign: ${message}`, about);
  },
};
