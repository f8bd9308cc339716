import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parsePolicy } from '../../activities/policy/parse-policy.ts';
import { projectRoot } from '../../cli/configuration.ts';
import { evaluatePolicy } from '../../workflows/domain/evaluate-policy.ts';
import type { Figure } from '../figures.ts';

const runs = 7;
const perRun = 200_000;

/** (e) Evaluations of the shipped policy, by processor time: what one core can do. */
export async function policyEvaluations(): Promise<Figure[]> {
  const name = 'countersign.policy.yaml';
  const policy = parsePolicy(await readFile(join(projectRoot, name), 'utf8'), name);
  const questions = [
    { roles: ['user'], scopes: ['read:files'] },
    { roles: ['developer'], scopes: ['execute:commands'] },
    { roles: ['manager', 'user'], scopes: ['read:files', 'execute:commands'] },
    { roles: ['admin', 'developer'], scopes: ['admin:users'] },
  ].map((question) => ({ ...question, disabled: false, clientId: 'countersign-chat' }));

  const rates: number[] = [];
  let strict = 0;
  for (let run = 0; run < runs; run += 1) {
    const begun = process.cpuUsage();
    for (let index = 0; index < perRun; index += 1) {
      const question = questions[index % questions.length];
      // Looked at, so that it cannot be optimized away.
      if (question !== undefined && evaluatePolicy(policy, question).approvalType !== 'auto') strict += 1;
    }
    const { user, system } = process.cpuUsage(begun);
    rates.push((perRun * 1_000_000) / (user + system));
  }
  if (strict === 0) throw new Error('the policy grants everything');
  const median = rates.sort((a, b) => a - b)[Math.floor(runs / 2)] ?? 0;
  return [{ part: 'e', what: 'policy evaluations on one core', unit: 'per second', ours: median, aim: '≥ 300,000' }];
}
