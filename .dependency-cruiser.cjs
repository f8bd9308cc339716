/** The import rules of docs/architecture.md. */
const tests = '^test/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or lack a third. Types alone may point back.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'domain-imports-nothing',
      comment: 'workflows/domain is pure: it is used on every side.',
      severity: 'error',
      from: { path: '^workflows/domain/' },
      to: { pathNot: '^workflows/domain/' },
    },
    {
      name: 'workflows-import-workflows',
      comment: 'Durable code is deterministic: only workflows, the Temporal SDK, and activities as types.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        pathNot: [
          '^workflows/',
          '^node_modules/@temporalio/(workflow|common)/',
          '^node_modules/ms/',
          '^node_modules/@types/ms/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'workflows-types-of-activities-only',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^(api|mcp-server|cli|web|workers)/' },
    },
    {
      name: 'activities-import-no-edge',
      severity: 'error',
      from: { path: '^activities/' },
      to: { path: '^(api|mcp-server|web|cli|workers)/' },
    },
    {
      name: 'web-imports-the-contract-only',
      severity: 'error',
      from: { path: '^web/', pathNot: '^web/[^/]*\\.ts$' },
      to: { path: '^(activities|workflows|mcp-server|cli|workers|api/(?!contract/))' },
    },
    {
      name: 'web-takes-types-of-the-contract',
      comment: 'The contract is zod; the browser gets its types.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^api/contract/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'mcp-server-and-api-meet-below',
      comment: 'They meet in activities/store, workflows/messages, workflows/domain and api/contract.',
      severity: 'error',
      from: { path: '^mcp-server/' },
      to: { path: '^(api/(?!contract/)|web/|cli/|workers/)' },
    },
    {
      name: 'api-imports-no-mcp-server',
      severity: 'error',
      from: { path: '^api/' },
      to: { path: '^(mcp-server|web|cli)/' },
    },
    {
      name: 'nobody-imports-tests',
      comment: 'The benchmark starts the product as the tests do.',
      severity: 'error',
      from: { pathNot: [tests, '^bench/'] },
      to: { path: tests },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^node_modules/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
};
