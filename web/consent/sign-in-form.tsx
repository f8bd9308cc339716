import { useId, useRef, useState, type SubmitEvent } from 'react';
import { useMutation } from '@tanstack/react-query';
import type { SignInOptions } from '../../api/contract/user-status.ts';
import { postForRedirect } from '../lib/api-client.ts';
import { errorText } from '../lib/api-error.ts';
import { Button } from '../ui/button.tsx';
import { fieldClass } from '../ui/field.ts';
import { Notice } from '../ui/notice.tsx';
import { DemoAccounts } from './demo-accounts.tsx';

/** E-mail and password of a demo account; goes on to `returnTo`, a path of this origin. */
export function SignInForm(props: { accounts: SignInOptions['accounts']; returnTo: string }) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const passwordField = useRef<HTMLInputElement>(null);
  const ids = { email: useId(), password: useId(), error: useId() };
  const signIn = useMutation({
    mutationFn: () => postForRedirect('/auth/demo-login', { email: email.trim(), password }),
    onSuccess: () => location.assign(props.returnTo),
    onError: () => passwordField.current?.focus(),
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (!signIn.isPending) signIn.mutate();
  };
  const busy = signIn.isPending || signIn.isSuccess;
  return (
    <form onSubmit={submit} className="grid gap-5 rounded-2xl border border-line bg-surface p-5">
      <DemoAccounts
        accounts={props.accounts}
        chosen={email}
        onChoose={(chosen) => {
          setEmail(chosen);
          passwordField.current?.focus();
        }}
      />
      <div className="grid gap-1">
        <label htmlFor={ids.email} className="text-sm font-medium">
          E-mail
        </label>
        <input
          id={ids.email}
          name="email"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          className={fieldClass}
        />
      </div>
      <div className="grid gap-1">
        <label htmlFor={ids.password} className="text-sm font-medium">
          Password
        </label>
        <input
          ref={passwordField}
          id={ids.password}
          name="password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          aria-describedby={ids.error}
          aria-invalid={signIn.isError}
          onChange={(event) => setPassword(event.target.value)}
          className={fieldClass}
        />
        <p className="text-sm text-muted">
          The demo accounts share the password <code className="font-mono text-ink">demo</code>.
        </p>
      </div>
      <div id={ids.error} className="empty:hidden">
        {signIn.isError && (
          <Notice tone="bad" role="alert">
            {errorText(signIn.error)}
          </Notice>
        )}
      </div>
      <Button type="submit" look="primary" disabled={busy}>
        {busy ? 'Signing in…' : 'Sign in'}
      </Button>
    </form>
  );
}
