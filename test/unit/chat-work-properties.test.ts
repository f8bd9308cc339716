import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  claimLifeMs,
  nextChatWork,
  type ChatWork,
  type WorkCall,
  type WorkMessage,
} from '../../workflows/domain/chat-work.ts';

const callEnds = ['succeeded', 'failed', 'parked', 'unknown', 'crashed'] as const;
/** What the world does between two looks, and how the next piece of work turns out. */
const events = fc.array(
  fc.oneof(
    fc.constant({ kind: 'post' as const }),
    fc.record({ kind: fc.constant('release' as const), which: fc.nat(5) }),
    fc.record({
      kind: fc.constant('end' as const),
      which: fc.nat(5),
      as: fc.constantFrom('denied' as const, 'expired' as const, 'cancelled' as const),
    }),
    fc.record({ kind: fc.constant('retry' as const), which: fc.nat(5) }),
    fc.constant({ kind: 'time' as const }),
    fc.record({ kind: fc.constant('work' as const), call: fc.constantFrom(...callEnds), proposes: fc.boolean() }),
  ),
  { maxLength: 60, size: 'max' },
);
type Event = typeof events extends fc.Arbitrary<(infer E)[]> ? E : never;

/** A conversation that does what it is told to do next; `check` throws on what must never be asked. */
class Simulation {
  readonly messages: WorkMessage[] = [];
  readonly calls: WorkCall[] = [];
  readonly runs = new Map<string, number>();
  now = 1_000_000;

  next(): ChatWork {
    return nextChatWork(this.messages, this.calls, this.now);
  }

  apply(event: Event): void {
    const parked = this.calls.filter(({ status }) => status === 'parked');
    switch (event.kind) {
      case 'post':
        this.messages.push({ messageId: `u${this.messages.length}`, role: 'user', status: 'queued' });
        break;
      case 'release': {
        const call = parked[event.which];
        if (call !== undefined) call.status = 'ready';
        break;
      }
      case 'end': {
        const call = parked[event.which];
        if (call !== undefined) call.status = event.as;
        break;
      }
      case 'retry':
        this.#retry(event.which);
        break;
      case 'time':
        this.now += claimLifeMs + 1;
        break;
      case 'work':
        this.work(this.next(), event.call, event.proposes);
        break;
      default:
        event satisfies never;
    }
  }

  work(work: ChatWork, callEnd: (typeof callEnds)[number], proposes: boolean): void {
    switch (work.kind) {
      case 'none':
        break;
      case 'begin': {
        const asked = this.#message(work.messageId);
        expect(asked.status).toBe('queued');
        asked.status = 'completed';
        this.messages.push({ messageId: `a${this.messages.length}`, role: 'assistant', status: 'running' });
        break;
      }
      case 'model': {
        const turn = this.#message(work.messageId);
        expect(['running', 'awaiting_authorization']).toContain(turn.status);
        const own = this.calls.filter(({ messageId }) => messageId === work.messageId);
        expect(own.every(({ status }) => !['proposed', 'parked', 'ready', 'running'].includes(status))).toBe(true);
        if (proposes && own.length < 3) {
          turn.status = 'running';
          this.calls.push({
            callId: `c${this.calls.length}`,
            messageId: work.messageId,
            status: 'proposed',
            claimedAt: null,
          });
        } else turn.status = 'completed';
        break;
      }
      case 'call': {
        const call = this.#call(work.callId);
        expect(['proposed', 'ready']).toContain(call.status);
        expect(work.approved).toBe(call.status === 'ready');
        if (callEnd === 'parked') call.status = 'parked';
        else {
          this.runs.set(call.callId, (this.runs.get(call.callId) ?? 0) + 1);
          call.claimedAt = this.now;
          call.status = callEnd === 'crashed' ? 'running' : callEnd;
        }
        if (call.status === 'parked') this.#message(call.messageId).status = 'awaiting_authorization';
        break;
      }
      case 'lost': {
        const call = this.#call(work.callId);
        expect(call.status).toBe('running');
        expect(this.now - (call.claimedAt ?? 0)).toBeGreaterThan(claimLifeMs);
        call.status = 'unknown';
        break;
      }
      case 'finish':
        this.#message(work.messageId).status = 'completed';
        break;
      case 'deleted':
        throw new Error('only the database knows that');
      default:
        work satisfies never;
    }
  }

  #retry(which: number): void {
    const turn = this.messages.filter(({ role, status }) => role === 'assistant' && status === 'completed')[which];
    if (turn === undefined) return;
    for (const call of this.calls) if (call.messageId === turn.messageId) call.status = 'superseded';
    turn.status = 'running';
  }

  #message(messageId: string): WorkMessage {
    return this.messages.find((message) => message.messageId === messageId) ?? fail(messageId);
  }

  #call(callId: string): WorkCall {
    return this.calls.find((call) => call.callId === callId) ?? fail(callId);
  }
}

function fail(id: string): never {
  throw new Error(`asked for ${id}, which is not there`);
}

describe('a conversation under random orders of events', () => {
  it('is never asked to do what cannot be done, and runs no call twice', () => {
    fc.assert(
      fc.property(events, (script) => {
        const simulation = new Simulation();
        for (const event of script) simulation.apply(event);
        expect(Math.max(0, ...simulation.runs.values())).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('comes to rest with nothing left undone but what waits for a person', () => {
    fc.assert(
      fc.property(events, (script) => {
        const simulation = new Simulation();
        for (const event of script) simulation.apply(event);
        let steps = 0;
        for (;;) {
          simulation.now += claimLifeMs + 1;
          const work = simulation.next();
          if (work.kind === 'none') break;
          simulation.work(work, 'succeeded', false);
          expect((steps += 1)).toBeLessThan(500);
        }
        const parked = new Set(simulation.calls.filter(({ status }) => status === 'parked').map((c) => c.messageId));
        for (const { messageId, role, status } of simulation.messages) {
          if (role === 'user') expect(status).toBe('completed');
          else expect(status === 'completed' || parked.has(messageId)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
