/** What an approver says. */
export type Verdict = 'approve' | 'deny';

/**
 * The claims of a signed decision statement (JWS, `typ: decision+jwt`), made by the API for the authenticated
 * approver (RULES 17). `iat` and `exp` are seconds, as in RFC 7519.
 */
export interface DecisionStatement {
  request: string;
  /** Digest of what was asked, so that a statement cannot be moved to another request or other arguments. */
  digest: string;
  verdict: Verdict;
  /** Of a denial all that was asked; of an approval what is approved. */
  scopes: readonly string[];
  /** The approver's subject. */
  approver: string;
  /** `self` is the requester's own consent, where policy leaves the decision to them; absent for an approver's. */
  kind?: 'self' | undefined;
  /** Of an own consent: when its person last signed in, in seconds. */
  auth_time?: number | undefined;
  /** The client that an approver's decision came through with a token; absent for a signed-in browser (RULES 3). */
  client?: string | undefined;
  /** How long an approval lets the grant live; absent in statements from before one could say. */
  duration_seconds?: number | undefined;
  /** The decision id; a retried decision reuses it. */
  nonce: string;
  iat: number;
  exp: number;
}

/** Why a statement did not count. */
export type DecisionRefusal =
  | 'statement_invalid'
  | 'own_request'
  | 'self_approval'
  | 'not_approver'
  | 'client_not_allowed'
  | 'stale_sign_in'
  | 'late'
  | 'already_decided'
  | 'forbidden_by_policy'
  /** Nothing is granted for now; the request waits on. */
  | 'grants_frozen'
  | 'client_blocked';

/** What became of a decision: it counted, or why it did not. */
export type DecisionOutcome = { counted: true } | { counted: false; refusal: DecisionRefusal };

/** The request as far as it matters for whether a statement fits it. Times are epoch milliseconds. */
export interface StatementTarget {
  requestId: string;
  digest: string;
  scopes: readonly string[];
  /** Whether an approver may approve some of the scopes; one call's are approved together or not at all. */
  divisible: boolean;
  expiresAt: number;
}

/**
 * Whether a statement whose signature has been verified belongs to the request and was made in time.
 * It counts if and only if it was made before the request's end, whenever it is processed (RULES 17).
 */
export function judgeStatement(
  statement: DecisionStatement,
  target: StatementTarget,
): Extract<DecisionRefusal, 'statement_invalid' | 'late'> | undefined {
  const fits =
    statement.request === target.requestId &&
    statement.digest === target.digest &&
    (isAll(statement.scopes, target.scopes) || isPart(statement, target));
  if (!fits) return 'statement_invalid';
  return statement.iat * 1000 < target.expiresAt ? undefined : 'late';
}

function isAll(scopes: readonly string[], asked: readonly string[]): boolean {
  return scopes.length === asked.length && asked.every((scope) => scopes.includes(scope));
}

/** What an approver picked of what was asked. What people consent to for themselves they consent to as a whole. */
function isPart({ verdict, kind, scopes }: DecisionStatement, { divisible, scopes: asked }: StatementTarget): boolean {
  if (!divisible || verdict !== 'approve' || kind === 'self' || scopes.length === 0) return false;
  return new Set(scopes).size === scopes.length && scopes.every((scope) => asked.includes(scope));
}
