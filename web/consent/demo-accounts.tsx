import type { SignInOptions } from '../../api/contract/user-status.ts';

/** The demo accounts to pick from; choosing one fills in its e-mail address. */
export function DemoAccounts(props: {
  accounts: SignInOptions['accounts'];
  chosen: string;
  onChoose: (email: string) => void;
}) {
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 text-sm font-medium">Pick a demo account</legend>
      {props.accounts.map((account) => (
        <button
          key={account.email}
          type="button"
          aria-pressed={props.chosen === account.email}
          onClick={() => props.onChoose(account.email)}
          className="quiet-motion flex min-h-11 content-center justify-between gap-x-3 max-sm:flex-col sm:items-baseline rounded-lg border border-line px-3 py-2 text-left text-sm hover:bg-sunken aria-pressed:border-accent aria-pressed:bg-accent-soft"
        >
          <span className="font-medium wrap-anywhere">{account.email}</span>
          <span className="text-muted">{account.roles.join(', ')}</span>
        </button>
      ))}
    </fieldset>
  );
}
