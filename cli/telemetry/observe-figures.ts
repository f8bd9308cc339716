import type { Meter, ObservableResult } from '@opentelemetry/api';
import type { Logger } from 'pino';
import type { Db } from '../../activities/store/connect.ts';
import { operatingFigures, type OperatingFigures, type Spread } from '../../activities/store/operating-figures.ts';

const windowMs = 24 * 60 * 60 * 1_000;
/** Scrapes closer together than this are told the same. */
const rememberedForMs = 5_000;

/** Registers the figures of the database, which are read when somebody scrapes. */
export function observeFigures(
  meter: Meter,
  source: { database: () => Db; logger: Logger; rememberMs?: number },
): void {
  const read = remembering(source);
  const observe = (
    instrument: { addCallback(callback: (result: ObservableResult) => Promise<void>): void },
    tell: (figures: OperatingFigures, result: ObservableResult) => void,
  ): void => {
    instrument.addCallback(async (result) => {
      const figures = await read();
      if (figures !== undefined) tell(figures, result);
    });
  };

  observe(
    meter.createObservableGauge('countersign_scope_requests', { description: 'Scope requests by status.' }),
    ({ requests }, result) => byLabel(result, 'status', requests),
  );
  observe(
    meter.createObservableGauge('countersign_queue_depth', {
      description: 'What waits: requests for a decision, calls by status.',
    }),
    ({ requests, waitingCalls }, result) => {
      result.observe(requests.get('pending') ?? 0, { queue: 'approval' });
      result.observe(waitingCalls.get('parked') ?? 0, { queue: 'parked_calls' });
      result.observe(waitingCalls.get('ready') ?? 0, { queue: 'ready_calls' });
      result.observe(waitingCalls.get('running') ?? 0, { queue: 'running_calls' });
    },
  );
  observe(
    meter.createObservableGauge('countersign_grants_active', { description: 'Grants that are alive.' }),
    ({ activeGrants }, result) => result.observe(activeGrants),
  );
  observe(
    meter.createObservableCounter('countersign_mint_refusals_total', {
      description: 'What the mint refused, by kind.',
    }),
    ({ mintRefusals }, result) => {
      result.observe(mintRefusals.credential, { kind: 'credential' });
      result.observe(mintRefusals.decision, { kind: 'decision' });
    },
  );
  observe(
    meter.createObservableCounter('countersign_resumes_total', {
      description: 'Calls that waited for a scope, by how they ended.',
    }),
    ({ resumes }, result) => byLabel(result, 'outcome', resumes),
  );
  observe(
    meter.createObservableGauge('countersign_time_to_decision_seconds', {
      description: 'From request to a person’s decision, over the last 24 hours.',
    }),
    ({ timeToDecision }, result) => spread(result, timeToDecision),
  );
  observe(
    meter.createObservableGauge('countersign_approval_to_resume_seconds', {
      description: 'From approval to the claim of the call that waited, over the last 24 hours.',
    }),
    ({ approvalToResume }, result) => spread(result, approvalToResume),
  );
}

function byLabel(result: ObservableResult, label: string, counts: ReadonlyMap<string, number>): void {
  for (const [value, count] of counts) result.observe(count, { [label]: value });
}

function spread(result: ObservableResult, { median, p95 }: Spread): void {
  if (median !== null) result.observe(median, { quantile: '0.5' });
  if (p95 !== null) result.observe(p95, { quantile: '0.95' });
}

/** One reading serves all instruments of a scrape. Without a database there are no figures, and no failed scrape. */
function remembering(source: {
  database: () => Db;
  logger: Logger;
  rememberMs?: number;
}): () => Promise<OperatingFigures | undefined> {
  let known: { at: number; figures: Promise<OperatingFigures | undefined> } | undefined;
  return () => {
    if (known === undefined || performance.now() - known.at > (source.rememberMs ?? rememberedForMs)) {
      const now = new Date();
      const figures = operatingFigures(source.database(), now, new Date(now.getTime() - windowMs)).catch(
        (err: unknown) => {
          source.logger.info({ err }, 'the figures for the metrics could not be read');
          return undefined;
        },
      );
      known = { at: performance.now(), figures };
    }
    return known.figures;
  };
}
