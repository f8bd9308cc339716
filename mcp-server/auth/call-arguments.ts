/** The arguments among the parameters of a call. */
export function argumentsOf(params: unknown): Record<string, unknown> {
  const given = typeof params === 'object' && params !== null && 'arguments' in params ? params.arguments : undefined;
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? { ...given } : {};
}
