import type { RequestListener, Server } from 'node:http';
import type { RequestHandler } from 'express';
import type { JWK } from 'jose';
import type { Logger } from 'pino';
import type { AuthorizationApi } from './authorization/ports.ts';
import type { TaskStore } from './tasks/ports.ts';
import type { OwnAuthority, UserDirectory } from './ports.ts';

/** A public key that signs access tokens. A `base` key may sign base scopes only (RULES 12). */
export interface TrustedKey {
  jwk: JWK;
  ceiling: 'base' | 'elevated';
}

/** Everything the `mcp` role takes. Keys are handed in: none is fetched while serving. */
export interface McpServerOptions {
  /** 0 picks a free one. */
  port: number;
  /** This server's identifier (RFC 8707), the only audience it accepts. */
  resource: string;
  issuer: string;
  keys: readonly TrustedKey[];
  authority: OwnAuthority;
  directory: UserDirectory;
  /** Where scopes are asked for and decided. */
  authorizations: AuthorizationApi;
  /** Where calls are parked for clients that speak the tasks extension; without it no client is offered it. */
  tasks?: TaskStore;
  /** The folder that the tools show: `list_files` lists it, commands see it read-only. */
  workspace: string;
  logger: Logger;
  /** Methods of no tool of ours that every bearer of a good token may reach. */
  open?: readonly string[];
  /** Sees every request first: gives it an id, logs and counts it. */
  onRequest?: RequestHandler;
  /** Makes the HTTP server, with whatever limits it is to have; Node's own without it. */
  createServer?: (listener: RequestListener) => Server;
  /** Answers `GET /readyz`; without it there is no such address. */
  readiness?: RequestHandler;
  /** Host names, without port, under which this server may be addressed. */
  allowedHosts: readonly string[];
  /** The product's version, as `get_server_info` tells it. */
  version: string;
}

/** A started but not yet listening server. */
export interface RunningMcpServer {
  /** Listens on 127.0.0.1. */
  open(): Promise<void>;
  /** Stops listening, lets running calls end for a moment, then ends them. */
  close(): Promise<void>;
  /** The port it listens on, known after `open`. */
  readonly port: number;
  /** Tools that are not offered here, with the reason for an operator (RULES 28). */
  readonly withheldTools: readonly { name: string; reason: string }[];
}
