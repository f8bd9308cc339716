/** Addresses inside the dashboard, below `/dashboard`. */
export const adminPaths = {
  queue: '/',
  request: (requestId: string) => `/requests/${encodeURIComponent(requestId)}`,
  grants: '/grants',
  grant: (grantId: string) => `/grants/${encodeURIComponent(grantId)}`,
  decisions: '/decisions',
  people: '/people',
  person: (subject: string) => `/people/${encodeURIComponent(subject)}`,
  clients: '/clients',
  client: (clientId: string) => `/clients/${encodeURIComponent(clientId)}`,
  tools: '/tools',
  audit: '/audit',
  policy: '/policy',
  overview: '/overview',
};
