import { administrationRoutes } from './administration-routes.ts';
import { connectionRouteDocs } from './connection-routes.ts';
import { decisionRoutes } from './decision-routes.ts';
import { grantRoutes } from './grant-routes.ts';
import { insightRoutes } from './insight-routes.ts';
import { requestRoutes } from './request-routes.ts';
import type { RouteDoc } from './route-doc.ts';
import { sessionRoutes } from './session-routes.ts';
import { documentRoute, eventsRoute, healthRoute, readinessRoute } from './shared-routes.ts';
import { stepUpRoutes } from './step-up-routes.ts';
import { toolRoutes } from './tool-routes.ts';

/** Every JSON route of the auth server (8002). OAuth's own endpoints are described by their discovery documents. */
export const authServerRoutes: readonly RouteDoc[] = [
  ...requestRoutes,
  ...decisionRoutes,
  ...stepUpRoutes,
  ...grantRoutes,
  ...insightRoutes,
  ...toolRoutes,
  ...administrationRoutes,
  ...connectionRouteDocs('/api'),
  eventsRoute,
  ...sessionRoutes,
  healthRoute,
  readinessRoute,
  documentRoute,
];
