import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Question } from '../components/question.tsx';
import { Trouble } from '../components/show.tsx';
import { words } from './words.ts';

interface AskedButtonProps {
  label: string;
  /** What it is of, for those who hear the button alone. */
  of: string;
  pending: boolean;
  failure: { title: string; error: Error | null };
  question: { title: string; text?: string; field?: ReactNode; confirm: string };
  onConfirm(): void;
}

/** Does what removes something only after the user has read what goes. */
export function AskedButton({ label, of, pending, failure, question, onConfirm }: AskedButtonProps) {
  const { confirm, ...asked } = question;
  const [asking, setAsking] = useState(false);
  const close = () => setAsking(false);
  return (
    <>
      <Button variant="default" size="compact-sm" aria-label={of} loading={pending} onClick={() => setAsking(true)}>
        {label}
      </Button>
      {failure.error !== null && <Trouble title={failure.title} error={failure.error} />}
      {asking && (
        <Question {...asked} onClose={close} onConfirm={onConfirm}>
          <Button type="submit" className="danger filled">
            {confirm}
          </Button>
          <Button variant="default" onClick={close}>
            {words.cancel}
          </Button>
        </Question>
      )}
    </>
  );
}
