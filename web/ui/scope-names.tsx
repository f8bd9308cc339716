import { ScopeName } from './scope-name.tsx';

/** Scopes as a sentence lists them. */
export function ScopeNames({ scopes }: { scopes: readonly string[] }) {
  return new Intl.ListFormat('en-GB')
    .formatToParts(scopes)
    .map(({ type, value }, index) => (type === 'element' ? <ScopeName key={index} scope={value} /> : value));
}
