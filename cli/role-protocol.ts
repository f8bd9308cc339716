import type { Client } from '@temporalio/client';

/** What a role process tells the supervisor over its IPC channel. */
export type FromRole =
  /** `withheld` says what is not offered on this machine, and why (RULES 28). */
  | { type: 'ready'; withheld: readonly string[] }
  | { type: 'opened' }
  /** It cannot start; the message is for a person. */
  | { type: 'failed'; message: string };

/** What the supervisor tells a role process. Stopping is SIGTERM, as in production. */
export interface ToRole {
  type: 'open';
}

/** A role that has started: ready, and listening from `open` on (RULES 26). */
export interface RunningRole {
  open(): Promise<void>;
  close(): Promise<void>;
  /** What it does not offer on this machine, and why (RULES 28). */
  withheld?: readonly string[];
  /** Of the `worker` role: on a worker's own connection a workflow's first task needs no way through the server. */
  workerClient?: Client;
  /** Settles when the role has failed by itself and its process should be started again. */
  failed?: Promise<unknown>;
}
