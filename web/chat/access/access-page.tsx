import { useAddressFilter } from '../../lib/use-address-filter.ts';
import { useDocumentTitle } from '../../lib/use-document-title.ts';
import { FilterChoice } from '../../ui/filter-choice.tsx';
import { PageHeading } from '../../ui/page-heading.tsx';
import { AskAhead } from './ask-ahead.tsx';
import { ConnectionList } from './connection-list.tsx';
import { GrantList } from './grant-list.tsx';
import { RequestHistory } from './request-history.tsx';
import { ScopeTable } from './scope-table.tsx';

const parts = [
  { value: 'held', label: 'Held now' },
  { value: 'ended', label: 'Ended' },
  { value: 'requests', label: 'Your requests' },
  { value: 'apps', label: 'Connected apps' },
] as const;
type Part = (typeof parts)[number]['value'];

/** One's own access: what is held and why, what ran under it, what was asked for, and asking ahead of need. */
export function AccessPage() {
  useDocumentTitle('Your access · Countersign');
  const [{ show }, change] = useAddressFilter(['show']);
  const part = parts.find(({ value }) => value === show)?.value ?? 'held';
  const setPart = (wanted: Part): void => change({ show: wanted === 'held' ? undefined : wanted });
  return (
    <main className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto grid w-full max-w-3xl gap-6 px-4 py-6">
        <div className="grid gap-1">
          <PageHeading title="Your access" />
          <p className="text-sm text-muted">
            What programs may do in your name, until when, because of whom, and what they did with it.
          </p>
        </div>
        <section aria-label="Grants, requests and apps" className="grid min-w-0 gap-3">
          <FilterChoice legend="What to show" name="access-part" options={parts} value={part} onChange={setPart} />
          {part === 'held' && <GrantList state="active" />}
          {part === 'ended' && <GrantList state="ended" />}
          {part === 'requests' && <RequestHistory />}
          {part === 'apps' && <ConnectionList />}
        </section>
        <AskAhead onAsked={() => setPart('requests')} />
        <ScopeTable />
      </div>
    </main>
  );
}
