import { Button, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Question } from './question.tsx';

interface TypedQuestionProps {
  title: string;
  text: string;
  /** What is typed to confirm: a name, or a word. */
  wanted: string;
  label: string;
  confirm: string;
  cancel: string;
  /** What goes, above the field. */
  children?: ReactNode;
  onClose(): void;
  onConfirm(): void;
}

/** Deletes only after a name or a word was typed back. */
export function TypedQuestion({
  wanted,
  label,
  confirm,
  cancel,
  children,
  onConfirm,
  ...question
}: TypedQuestionProps) {
  const [typed, setTyped] = useState('');
  const same = typed.normalize('NFC').trim() === wanted;
  return (
    <Question
      {...question}
      canConfirm={same}
      onConfirm={onConfirm}
      field={
        <>
          {children}
          <TextInput
            label={label}
            value={typed}
            autoComplete="off"
            autoFocus
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </>
      }
    >
      <Button type="submit" className="danger filled" disabled={!same}>
        {confirm}
      </Button>
      <Button variant="default" onClick={question.onClose}>
        {cancel}
      </Button>
    </Question>
  );
}
