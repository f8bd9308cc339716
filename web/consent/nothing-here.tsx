import { buttonClass } from '../ui/button.tsx';

/** Instead of a page: nobody is signed in, or nothing of theirs is here. */
export function NothingHere(props: { title: string; text: string; signIn: string; signInText?: string }) {
  return (
    <section className="grid gap-3">
      <h1 className="text-2xl font-semibold tracking-tight">{props.title}</h1>
      <p className="text-muted">{props.text}</p>
      <p>
        <a href={props.signIn} className={buttonClass('primary')}>
          {props.signInText ?? 'Sign in'}
        </a>
      </p>
    </section>
  );
}
