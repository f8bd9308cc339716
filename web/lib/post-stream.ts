import { ApiError, toApiError } from './api-error.ts';

/**
 * `POST` to our own server for an answer that comes as server-sent events: each event's data goes to `onData`, parsed.
 * Resolves when the stream has ended. Throws {@link ApiError}; `offline` also when the stream breaks in the middle.
 */
export async function postStream(
  path: string,
  body: Readonly<Record<string, unknown>>,
  onData: (data: unknown) => void,
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      body: JSON.stringify(body),
    });
  } catch {
    throw unreachable();
  }
  if (!response.ok || response.body === null) {
    throw toApiError(response.status, await response.json().catch(() => undefined));
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const part = await reader.read().catch(() => {
      throw unreachable();
    });
    if (part.done) return;
    const { blocks, rest: left } = eventBlocks(rest + part.value);
    rest = left;
    for (const block of blocks) {
      const data = dataOf(block);
      if (data !== undefined) onData(data);
    }
  }
}

/** The whole events of a piece of a stream, and what is left of it. */
export function eventBlocks(text: string): { blocks: string[]; rest: string } {
  const blocks = text.split('\n\n');
  return { rest: blocks.pop() ?? '', blocks };
}

/** What an event carries; undefined for comments and for what cannot be read. */
export function dataOf(block: string): unknown {
  const lines = block.split('\n').filter((line) => line.startsWith('data:'));
  if (lines.length === 0) return undefined;
  try {
    return JSON.parse(lines.map((line) => line.slice(5).trimStart()).join('\n'));
  } catch {
    return undefined;
  }
}

function unreachable(): ApiError {
  return new ApiError('offline', 0, 'The server cannot be reached right now.');
}
