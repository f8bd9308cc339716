import { demoAccounts } from '../activities/store/seed-demo.ts';

/** What the start summary tells. */
export interface SummaryFacts {
  ports: { auth: number; mcp: number; chat: number; temporalUi: number };
  stateFolder: string;
  /** Where PostgreSQL lives when its user cannot reach the state folder (RULES 27). */
  postgresMovedTo: string | undefined;
  /** Tools that are off here, with the reason (RULES 28). */
  withheld: readonly string[];
  /** The language model, in words. */
  model: string;
}

/** What a person needs to know once everything runs. */
export function startSummary(facts: SummaryFacts): string {
  const { ports } = facts;
  const rows: [string, string][] = [
    ['Chat', `http://localhost:${ports.chat}`],
    ['Dashboard', `http://localhost:${ports.auth}/dashboard`],
    ['MCP server', `http://localhost:${ports.mcp}/mcp`],
    ['Temporal UI', `http://localhost:${ports.temporalUi} (read only)`],
    ['State folder', facts.stateFolder],
    ...(facts.postgresMovedTo === undefined
      ? []
      : [['PostgreSQL data', `${facts.postgresMovedTo} (its user cannot reach the state folder)`] as [string, string]]),
    ['Agent', facts.model],
    ['Commands', facts.withheld.length === 0 ? 'run in a sandbox (bubblewrap)' : facts.withheld.join('; ')],
  ];
  return [
    '',
    '  Countersign is running.',
    '',
    ...rows.map(([label, value]) => `  ${label.padEnd(16)} ${value}`),
    '',
    '  Demo accounts, password "demo":',
    ...demoAccounts.map(({ email, roles }) => `    ${email.padEnd(22)} ${roles.join(', ')}`),
    '',
    '  Ctrl-C stops everything; what happened stays in the state folder.',
    '',
  ].join('\n');
}
