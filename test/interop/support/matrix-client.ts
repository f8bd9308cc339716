import type { CallOutcome } from '../clients/outcome.ts';

/** A program that calls tools for somebody. */
export interface MatrixClient {
  /** Calls a tool; whatever the program shows its user on the way is opened in that person's browser. */
  call(tool: string, args?: Record<string, unknown>): Promise<CallOutcome>;
  stop(): Promise<void>;
}

/** What a program is started with. */
export interface ClientWorld {
  mcpResource: string;
  /** Opens an address in the browser of the program's user. */
  open(address: string): Promise<void>;
  /** A folder of its own for whatever the program keeps. */
  home: string;
}
