/** Members whose values are never written, whatever they hold and however deep they stand. */
const secretName =
  /^(authorization|cookie|set-cookie|.*token.*|code|client_secret|.*password.*|arguments|tool_args|args)$/i;
/** A JWT, or what follows `Bearer`, inside a text. */
const secretText = /\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=\bBearer\s+)[\w.~+/-]+=*/gi;
const replacement = '[redacted]';
const deepest = 6;

/** What may be logged of a value: secrets are replaced by what they are, everything else stays. Errors are left to `describeError`. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null || value instanceof Error || value instanceof Date) return value;
  if (depth >= deepest) return replacement;
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      secretName.test(name) && member !== undefined && member !== null ? replacement : redact(member, depth + 1),
    ]),
  );
}

/** A text without the credentials that it quotes. */
export function redactText(text: string): string {
  return text.replace(secretText, replacement);
}
