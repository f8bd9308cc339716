import type { Readable } from 'node:stream';

/** Collects a program's output up to a number of bytes, then drops the rest and says so once. */
export class OutputLimit {
  exceeded = false;
  readonly #chunks: Buffer[] = [];
  readonly #maxBytes: number;
  readonly #onExceeded: () => void;
  #size = 0;

  constructor(maxBytes: number, onExceeded: () => void) {
    this.#maxBytes = maxBytes;
    this.#onExceeded = onExceeded;
  }

  /** Reads a stream to its end. */
  take(stream: Readable): void {
    stream.on('error', () => undefined);
    stream.on('data', (chunk: Buffer) => this.#add(chunk));
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  #add(chunk: Buffer): void {
    if (this.exceeded) return;
    const room = this.#maxBytes - this.#size;
    this.#chunks.push(chunk.subarray(0, room));
    this.#size += Math.min(chunk.length, room);
    if (chunk.length > room) {
      this.exceeded = true;
      this.#onExceeded();
    }
  }
}
