import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { keepFormUnsent } from './keep-form-unsent.ts';

interface UnfoldProps {
  /** What the button says while the part is open, and while it is not. */
  close: string;
  open: string;
  /** False: there is nothing to show yet; the button keeps its place, so that nothing below moves. */
  ready: boolean;
  /** The part; it may close itself. */
  children(close: () => void): ReactNode;
}

/** A button in a form that opens and closes a part below it, without sending the form. */
export function Unfold({ close, open, ready, children }: UnfoldProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div ref={keepFormUnsent}>
      <Button
        variant="default"
        size="compact-sm"
        disabled={!ready}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {isOpen ? close : open}
      </Button>
      {isOpen && ready && children(() => setOpen(false))}
    </div>
  );
}
