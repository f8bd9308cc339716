import type pg from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { StoredEvent } from './event-feed.ts';

const payloadSchema = z.object({
  position: z.coerce.string(),
  kind: z.enum(['request', 'grant', 'chat_session', 'policy', 'sign_out']),
  id: z.string(),
  subject: z.string(),
  scopes: z.array(z.string()),
});

const reconnectMs = 1_000;

/**
 * Holds one connection that listens on `countersign_events`, and opens another when it breaks.
 *
 * @param options.onGap called after each reconnection: notifications in between are lost.
 */
export function listenForEvents(options: {
  pool: pg.Pool;
  logger: Logger;
  onEvent: (event: StoredEvent) => void;
  onGap: () => void;
}): { close(): void } {
  const { pool, logger, onEvent, onGap } = options;
  let client: pg.PoolClient | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const lost = (lostClient: pg.PoolClient): void => {
    if (client !== lostClient) return;
    client = undefined;
    lostClient.release(true);
    if (!closed) timer = setTimeout(() => void open(), reconnectMs);
  };
  const open = async (): Promise<void> => {
    try {
      const opened = await pool.connect();
      if (closed) {
        opened.release(true);
        return;
      }
      client = opened;
      opened.on('error', () => lost(opened));
      opened.on('end', () => lost(opened));
      opened.on('notification', ({ payload }) => {
        const event = parsePayload(payload);
        if (event !== undefined) onEvent(event);
      });
      await opened.query('LISTEN countersign_events');
      onGap();
    } catch (err) {
      if (closed) return;
      logger.warn({ err }, 'the event feed cannot listen; it polls and goes on trying');
      if (client !== undefined) lost(client);
      else timer = setTimeout(() => void open(), reconnectMs);
    }
  };
  void open();

  return {
    close: () => {
      closed = true;
      clearTimeout(timer);
      if (client !== undefined) lost(client);
    },
  };
}

function parsePayload(payload: string | undefined): StoredEvent | undefined {
  try {
    return payloadSchema.parse(JSON.parse(payload ?? ''));
  } catch {
    return undefined;
  }
}
