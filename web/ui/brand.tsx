import markUrl from '../icons/mark.svg';

/** The product's mark and name. */
export function Brand({ suffix }: { suffix?: string }) {
  return (
    <span className="inline-flex items-center gap-2 font-semibold tracking-tight">
      <img src={markUrl} alt="" className="size-7" />
      <span>Countersign{suffix !== undefined && <span className="font-normal text-muted"> {suffix}</span>}</span>
    </span>
  );
}
