import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** What exactly a tool call would do. */
export interface ToolCallIdentity {
  /** The MCP server's resource identifier (RFC 8707). */
  server: string;
  tool: string;
  arguments: Readonly<Record<string, unknown>>;
}

/**
 * SHA-256, base64url, over the canonical JSON (RFC 8785) of a value: the same meaning gives the same digest.
 *
 * @throws {TypeError} for what is no JSON
 */
export function digestOf(value: unknown): string {
  const canonical = canonicalize(value);
  if (canonical === undefined) throw new TypeError('Only JSON has a digest.');
  return createHash('sha256').update(canonical).digest('base64url');
}

/** The digest by which a call is approved, claimed and audited. */
export function callDigest(call: ToolCallIdentity): string {
  return digestOf({ server: call.server, tool: call.tool, arguments: call.arguments });
}
