import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useId, useRef } from 'react';
import { Trouble } from '../components/show.tsx';
import { strings } from '../strings.ts';

/** Over what the person was doing, which waits. Only signing in closes it. */
export function SessionEnded({ signInAgain }: { signInAgain(): Promise<void> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const again = useMutation({ mutationFn: signInAgain });
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={() => dialog.current?.showModal()}>
      <h2 id={heading} className="dialog-title">
        {strings.sessionEnded}
      </h2>
      <p>{strings.sessionEndedText}</p>
      {again.error !== null && <Trouble title={strings.signInFailed} error={again.error} />}
      <div className="row">
        <Button autoFocus onClick={() => again.mutate()}>
          {strings.signInAgain}
        </Button>
      </div>
    </dialog>
  );
}
