import { ArrowDown } from 'lucide-react';
import { Button } from '../../ui/button.tsx';

/** Says that requests have come in below, without moving anything; it leads to the first of them. */
export function ArrivalsChip({ count, onShow }: { count: number; onShow: () => void }) {
  return (
    <div className="pointer-events-none sticky bottom-20 z-10 flex justify-center">
      <span role="status" className="sr-only">
        {count === 0 ? '' : `${count} new at the end of the queue`}
      </span>
      {count > 0 && (
        <Button look="primary" className="pointer-events-auto rounded-full shadow-lg" onClick={onShow}>
          {count} new <ArrowDown aria-hidden />
        </Button>
      )}
    </div>
  );
}
