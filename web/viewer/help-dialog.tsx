import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { keyHelp } from './keys.ts';
import { words } from './words.ts';

/** All keys, in a list that covers the screen until it is closed. */
export function HelpDialog({ onClose }: { onClose(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} onClose={onClose} aria-label={words.helpTitle}>
      <h2 className="dialog-title">{words.helpTitle}</h2>
      <dl className="viewer-keys">
        {keyHelp.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <Button variant="default" onClick={() => dialog.current?.close()}>
        {words.close}
      </Button>
    </dialog>
  );
}
