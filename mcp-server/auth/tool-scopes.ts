import { LRUCache } from 'lru-cache';
import type { NamedCall } from '../ports.ts';
import { digestOfCall } from './call-arguments.ts';

/** Servers are made anew for each request, and may have other tools for each caller. */
const mostRemembered = 1_000;

/**
 * The scopes that tools were registered with, as far as this process has seen: by them the call in a request can be named
 * before the server is made that has the tool. A tool of more than one scope is not named.
 */
export class ToolScopes {
  readonly #scopes = new LRUCache<string, { scope: string | undefined }>({ max: mostRemembered });

  note({ name, scope }: { name: string; scope: string }): void {
    const known = this.#scopes.get(name);
    if (known === undefined) this.#scopes.set(name, { scope });
    else if (known.scope !== scope) known.scope = undefined;
  }

  /**
   * The one call of a message; undefined for anything else.
   *
   * @throws {DomainError} `invalid_request` for arguments that have no digest
   */
  callIn(message: unknown, resource: string): NamedCall | undefined {
    if (!isObject(message) || message['method'] !== 'tools/call' || !('id' in message)) return undefined;
    const { params } = message;
    const toolName = isObject(params) ? params['name'] : undefined;
    const scope = typeof toolName === 'string' ? this.#scopes.get(toolName)?.scope : undefined;
    if (typeof toolName !== 'string' || scope === undefined) return undefined;
    return { toolName, scope, argumentDigest: digestOfCall(resource, toolName, params) };
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
