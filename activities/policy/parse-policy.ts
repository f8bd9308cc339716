import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import type { z } from 'zod';
import type { Policy, ScopePolicy, ToolPolicy } from '../../workflows/domain/policy.ts';
import { defaultSelfRequestTtlMs } from '../../workflows/domain/own-consent.ts';
import { defaultStepUpCoolDownMs } from '../../workflows/domain/step-up.ts';
import { policyFileSchema, type PolicyFile } from './policy-file.ts';

/** A policy file that cannot be used; `problems` name line and column, what is wrong and where. */
export class PolicyFileError extends Error {
  override readonly name = 'PolicyFileError';
  readonly problems: readonly string[];

  constructor(fileName: string, problems: readonly string[]) {
    super(
      `The policy file ${fileName} cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}\n` +
        'Mend it and start again; nothing has been changed.',
    );
    this.problems = problems;
  }
}

/**
 * Reads the text of a policy file into the {@link Policy} that is evaluated.
 *
 * @param fileName only for messages.
 * @throws {PolicyFileError} with every problem at once, each with its line.
 */
export function parsePolicy(text: string, fileName: string): Policy {
  const lines = new LineCounter();
  // Plain messages: the pretty ones name the position themselves, as each problem here does already.
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true, prettyErrors: false });
  const at = (offset: number | undefined): string => {
    const position = lines.linePos(offset ?? 0);
    return `line ${position.line}, column ${position.col}`;
  };
  if (document.errors.length > 0) {
    throw new PolicyFileError(
      fileName,
      document.errors.map((error) => `${at(error.pos[0])}: ${error.message.split('\n', 1)[0] ?? error.message}`),
    );
  }
  const parsed = policyFileSchema.safeParse(document.toJS());
  if (!parsed.success) {
    throw new PolicyFileError(
      fileName,
      parsed.error.issues.flatMap(flattenIssue).map(({ path, message }) => {
        const where = path.length === 0 ? 'the file' : path.map(String).join('.');
        return `${at(offsetOf(document, path))}: ${where}: ${message}`;
      }),
    );
  }
  return toPolicy(parsed.data);
}

interface FlatIssue {
  path: readonly PropertyKey[];
  message: string;
}

function flattenIssue(issue: z.core.$ZodIssue): FlatIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not a setting; check the spelling' }));
  }
  return [{ path: issue.path, message: issue.message }];
}

/** The nearest node that exists, so that a missing setting points at its parent. */
function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}

function toPolicy(file: PolicyFile): Policy {
  const scopes = Object.fromEntries(
    Object.entries(file.scopes).map(([scope, entry]): [string, ScopePolicy] => [
      scope,
      {
        description: entry.description,
        risk: entry.risk,
        resource: entry.resource,
        grantedAtOnceTo: entry.granted_at_once_to,
        otherwise: entry.otherwise,
        approverRoles: entry.approvers,
        justification: entry.justification ?? file.defaults.justification,
        requestTtlMs:
          entry.request_ttl ??
          (entry.otherwise === 'self' ? file.defaults.self_request_ttl : file.defaults.request_ttl),
        grantTtlMs: entry.grant_ttl ?? file.defaults.grant_ttl,
        maxGrantTtlMs: entry.max_grant_ttl ?? file.defaults.max_grant_ttl,
        binding: entry.binding ?? file.defaults.binding,
        ...(entry.otherwise === 'self' ? { freshSignInMs: entry.fresh_sign_in ?? file.defaults.fresh_sign_in } : {}),
      },
    ]),
  );
  const tools = Object.fromEntries(
    Object.entries(file.tools).map(([name, { scope, security_level: securityLevel, hosted }]): [string, ToolPolicy] => [
      name,
      { scope, ...(securityLevel === undefined ? {} : { securityLevel }), ...(hosted ? {} : { hosted }) },
    ]),
  );
  const selfTtl = file.defaults.self_request_ttl;
  const coolDown = file.defaults.step_up_cool_down;
  const meaning = {
    scopes,
    tools,
    deny: file.deny,
    // Absent where it says nothing new, so that policies from before it keep their version.
    ...(coolDown === defaultStepUpCoolDownMs ? {} : { stepUpCoolDownMs: coolDown }),
    ...(selfTtl === defaultSelfRequestTtlMs ? {} : { selfRequestTtlMs: selfTtl }),
    ...(Object.keys(file.resources).length === 0 ? {} : { resources: file.resources }),
  };
  const digest = createHash('sha256')
    .update(canonicalize(meaning) ?? '')
    .digest('hex');
  return { version: digest.slice(0, 12), ...meaning };
}
