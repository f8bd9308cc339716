import { Button } from './button.tsx';

/** The way to the next page of a list; nothing at its end. */
export function ShowMore(props: { more: boolean; loading: boolean; onMore: () => void }) {
  if (!props.more) return null;
  return (
    <div className="flex justify-center pt-3">
      <Button disabled={props.loading} onClick={props.onMore}>
        {props.loading ? 'Loading…' : 'Show more'}
      </Button>
    </div>
  );
}
