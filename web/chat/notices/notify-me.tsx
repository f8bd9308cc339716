import { BellRing } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { askForNotices, useNoticePermission } from './notice-permission.ts';

/** Offers a notice when it is decided. The browser asks the person only after this click. */
export function NotifyMe() {
  const permission = useNoticePermission();
  switch (permission) {
    case 'default':
      return (
        <Button look="quiet" onClick={() => void askForNotices()}>
          <BellRing aria-hidden /> Notify me
        </Button>
      );
    case 'granted':
      return <span className="self-center text-sm text-muted">Your browser tells you when it is decided.</span>;
    case 'denied':
    case 'unsupported':
      return null;
  }
}
