import type { PublicRequestStatus } from '../../workflows/domain/request-status.ts';

/** A call that is parked until its request is decided. */
export interface ParkedCall {
  taskId: string;
  requestId: string;
  /**
   * How its request stands: `deciding` while a decision takes effect, with what whoever decided said; `ownConsent` where
   * its own person decides.
   */
  request: { status: PublicRequestStatus; deciding: boolean; note: string | null; ownConsent: boolean };
  /** The grant that came of its request, alive or not; under no other it runs. */
  grantId: string | null;
  toolName: string;
  /** Empty once the call was taken or has ended. */
  args: Record<string, unknown>;
  argumentDigest: string;
  createdAt: Date;
  updatedAt: Date;
  expiresAt: Date;
  claimedAt: Date | null;
  /** What the tool answered, or why it has not run. */
  result: Record<string, unknown> | null;
  cancelled: boolean;
  /** Its grant has ended: it runs no more, and its result is not kept. */
  withdrawn: boolean;
}

/** Whose a task is: nobody else finds it. */
export interface TaskOwner {
  subject: string;
  clientId: string;
}

/** Where parked calls are kept, whatever becomes of this process. */
export interface TaskStore {
  /** @returns undefined when this person and client have too many stored already, parked or ended */
  park(
    owner: TaskOwner,
    call: Pick<ParkedCall, 'taskId' | 'requestId' | 'toolName' | 'args' | 'argumentDigest' | 'expiresAt'>,
  ): Promise<ParkedCall | undefined>;
  find(owner: TaskOwner, taskId: string): Promise<ParkedCall | undefined>;
  /** Takes the call for whoever runs it. @returns false when it has been taken, has ended, was cancelled or withdrawn */
  claim(taskId: string): Promise<boolean>;
  /** Keeps the result; the first one stays, and none of a call that was withdrawn. */
  finish(taskId: string, result: Record<string, unknown>): Promise<void>;
  /** Ends a task whose call has not been taken. @returns whether it did */
  cancel(taskId: string): Promise<boolean>;
}
