import type { Response as ExpressResponse } from 'express';

/** Copies a web-standard response with a short body to an Express one, keeping headers that are set already. */
export async function sendWebResponse(to: ExpressResponse, from: Response): Promise<void> {
  to.status(from.status);
  from.headers.forEach((value, name) => to.setHeader(name, value));
  to.send(await from.text());
}
