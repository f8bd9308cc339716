/** A seal as people note it down. */
interface Seal {
  position: string;
  digest: string;
}

/** `position:digest`, as {@link notedSeal} reads it. Pure. */
export function sealText({ position, digest }: Seal): string {
  return `${position}:${digest}`;
}

/** Reads a noted seal; nothing noted is undefined. Pure. */
export function notedSeal(text: string): Seal | undefined | 'unreadable' {
  const trimmed = text.replaceAll(/\s/g, '');
  if (trimmed === '') return undefined;
  const [, position, digest] = /^#?(\d{1,18}):([0-9a-f]{64})$/i.exec(trimmed) ?? [];
  return position === undefined || digest === undefined ? 'unreadable' : { position, digest };
}
