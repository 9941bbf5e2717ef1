import { Button } from '@mantine/core';
import { useState } from 'react';
import { strings } from '../strings.ts';

/** Asks the browser for notifications; nothing is asked before this click. */
export function NotifyButton() {
  const [permission, setPermission] = useState('Notification' in window ? Notification.permission : undefined);
  if (permission === undefined) return null;
  if (permission === 'granted') return <span className="soft">{strings.notifyOn}</span>;
  if (permission === 'denied') return <span className="soft">{strings.notifyDenied}</span>;
  return (
    <Button variant="default" onClick={async () => setPermission(await Notification.requestPermission())}>
      {strings.notify}
    </Button>
  );
}
