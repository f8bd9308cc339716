/** The three web apps, each built into `dist/web/<name>` and served under its own path. */
export const webApps = {
  /** The chat at 5001. */
  chat: { base: '/' },
  /** The dashboard at 8002. */
  admin: { base: '/dashboard/' },
  /** The sign-in page at 8002. */
  consent: { base: '/sign-in/' },
} as const;

export type WebAppName = keyof typeof webApps;

export const webAppNames = Object.keys(webApps) as WebAppName[];

export function isWebAppName(name: string): name is WebAppName {
  return Object.hasOwn(webApps, name);
}
