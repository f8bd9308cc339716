/** Addresses inside the dashboard, below `/dashboard`. */
export const adminPaths = {
  queue: '/',
  request: (requestId: string) => `/requests/${encodeURIComponent(requestId)}`,
  grants: '/grants',
  decisions: '/decisions',
};
