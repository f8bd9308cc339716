/**
 * Whether a waiting call lacks nothing but the end of a freeze: policy gives what it needs at once, or it is held already.
 * Pure.
 *
 * @param frozen the scopes that are held and do not count now; null while nothing is frozen
 */
export function waitsForFreeze(
  call: { required_scopes: readonly string[]; authorization_error: { approval_type: string } | null },
  frozen: ReadonlySet<string> | null,
): boolean {
  if (frozen === null) return false;
  const { required_scopes: needed, authorization_error: error } = call;
  return error?.approval_type === 'auto' || (needed.length > 0 && needed.every((scope) => frozen.has(scope)));
}
