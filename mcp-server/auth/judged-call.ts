import { isElevated } from '../../workflows/domain/scopes.ts';
import type { JudgedCall } from '../ports.ts';

/**
 * The call that was judged and recorded when its caller was asked about. It is good for that very call of the same request,
 * and once.
 */
export class JudgedOnce {
  #call: JudgedCall | undefined;

  constructor(call: JudgedCall) {
    this.#call = call;
  }

  /** What became of a call, if that is the one. */
  about(asked: Pick<JudgedCall, 'toolName' | 'scope' | 'argumentDigest'>): JudgedCall | undefined {
    const call = this.#call;
    const same =
      call?.toolName === asked.toolName && call.scope === asked.scope && call.argumentDigest === asked.argumentDigest;
    // Without a scope of its own there is nothing to judge, and nothing was recorded.
    return same && isElevated(asked.scope) ? call : undefined;
  }

  /** Nothing else goes by it. */
  take(): void {
    this.#call = undefined;
  }

  /** What began and was not taken up. */
  leftOver(): JudgedCall | undefined {
    return this.#call?.grantId === undefined ? undefined : this.#call;
  }
}
