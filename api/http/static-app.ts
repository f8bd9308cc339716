import { join } from 'node:path';
import express, { Router, type RequestHandler } from 'express';
import { DomainError } from '../../workflows/domain/errors.ts';

/** A built web app (`dist/web/<name>`), in the two parts that are served differently. */
export interface StaticApp {
  /** For `<base>/assets`: hashed names, kept by browsers for a year; a missing one is 404. */
  assets: RequestHandler;
  /** `index.html`, asked for again each time. */
  page: RequestHandler;
}

/** @param folder of the built app: `index.html` and `assets/`. */
export function staticApp(folder: string): StaticApp {
  return {
    assets: express.static(join(folder, 'assets'), {
      immutable: true,
      maxAge: '365d',
      index: false,
      redirect: false,
      fallthrough: false,
    }),
    page: (_request, response, next) => {
      response.sendFile(
        'index.html',
        { root: folder, cacheControl: false, headers: { 'Cache-Control': 'no-cache' } },
        (error: unknown) => {
          if (error === undefined || error === null || response.headersSent) return;
          next(
            new DomainError(
              'temporarily_unavailable',
              'This page has not been built yet. Start Countersign with npm start.',
              { cause: error },
            ),
          );
        },
      );
    },
  };
}

/** Serves the whole app under one path: its assets, and its page for every other GET (the browser has the routes). */
export function serveStaticApp(folder: string): Router {
  const app = staticApp(folder);
  const router = Router();
  router.use('/assets', app.assets);
  router.get('/{*path}', app.page);
  return router;
}
