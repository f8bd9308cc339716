import { Download } from 'lucide-react';
import { buttonClass } from '../../ui/button.tsx';
import { exportPath, type AuditFilter } from './audit-filter.ts';

/** The log as it is filtered, as a file. */
export function ExportLinks({ filter }: { filter: AuditFilter }) {
  return (
    <>
      {(['jsonl', 'csv'] as const).map((format) => (
        <a key={format} href={exportPath(filter, format)} download className={buttonClass('plain')}>
          <Download aria-hidden />
          <span>
            <span className="sr-only">Export as </span>
            {format === 'csv' ? 'CSV' : 'JSON lines'}
          </span>
        </a>
      ))}
    </>
  );
}
