import { Agent, request } from 'node:http';
import { z } from 'zod';
import { DomainError } from '../../workflows/domain/errors.ts';

/** Asks the mint role for signatures. */
export interface MintClient {
  /**
   * @param signingInput the JWS signing input of an elevated access token.
   * @returns the raw ES256 signature, 64 bytes.
   * @throws {DomainError} `insufficient_scope` when the living grants allow less, `temporarily_unavailable` when the
   * mint does not answer.
   */
  sign(signingInput: string): Promise<Uint8Array>;
  close(): void;
}

const answerSchema = z.object({ signature: z.base64url() });
const refusalSchema = z.object({ code: z.string() });
const timeoutMs = 5_000;

/** A client for the mint's Unix socket, with kept-alive connections. */
export function createMintClient(options: { socketPath: string }): MintClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  return {
    async sign(signingInput) {
      const { status, body } = await post(options.socketPath, agent, JSON.stringify({ signing_input: signingInput }));
      if (status === 200) return Buffer.from(answerSchema.parse(JSON.parse(body)).signature, 'base64url');
      const refusal = status < 500 ? refusalSchema.safeParse(JSON.parse(body)) : undefined;
      if (refusal?.data?.code === 'insufficient_scope') {
        throw new DomainError('insufficient_scope', 'The grant behind this scope has ended. Ask for the scope again.');
      }
      throw unavailable();
    },
    close: () => {
      agent.destroy();
    },
  };
}

function post(socketPath: string, agent: Agent, body: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        socketPath,
        agent,
        path: '/sign',
        method: 'POST',
        timeout: timeoutMs,
        headers: { 'content-type': 'application/json' },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 500, body: Buffer.concat(chunks).toString('utf8') });
        });
        response.on('error', () => {
          reject(unavailable());
        });
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('timeout')));
    sent.on('error', (cause) => {
      reject(unavailable(cause));
    });
    sent.end(body);
  });
}

function unavailable(cause?: unknown): DomainError {
  return new DomainError(
    'temporarily_unavailable',
    'Tokens cannot be signed right now. Nothing is lost: try again shortly.',
    { cause },
  );
}
