import { Button, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { strings } from '../strings.ts';
import { typeable } from './typeable.ts';

interface DialogProps {
  onClose(): void;
  onConfirm(): void;
}

/** Says what is lost, and does it only when asked twice. */
export function CancelDialog({ onClose, onConfirm }: DialogProps) {
  return (
    <Question title={strings.cancelTitle} text={strings.cancelText} onClose={onClose} onConfirm={onConfirm}>
      <Button type="submit" className="danger filled">
        {strings.cancelConfirm}
      </Button>
      <Button variant="default" onClick={onClose}>
        {strings.keepJob}
      </Button>
    </Question>
  );
}

/** Deleting takes the name typed back; a word, where the name can hardly be typed: long, or with blanks that look alike. */
export function DeleteDialog({ name, onClose, onConfirm }: DialogProps & { name: string }) {
  const [typed, setTyped] = useState('');
  const wanted = typeable(name) ? name : strings.deleteWord;
  const same = typed.normalize('NFC').trim() === wanted;
  return (
    <Question
      title={strings.deleteTitle}
      text={strings.deleteText}
      onClose={onClose}
      onConfirm={() => same && onConfirm()}
      field={
        <TextInput
          label={strings.deleteType(wanted)}
          value={typed}
          autoComplete="off"
          autoFocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      }
    >
      <Button type="submit" className="danger filled" disabled={!same}>
        {strings.deleteConfirm}
      </Button>
      <Button variant="default" onClick={onClose}>
        {strings.deleteKeep}
      </Button>
    </Question>
  );
}

interface QuestionProps extends DialogProps {
  title: string;
  text: string;
  field?: ReactNode;
  children: ReactNode;
}

/** The browser's own dialog keeps the focus inside, closes with Escape, and gives the focus back. */
function Question({ title, text, field, children, onClose, onConfirm }: QuestionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onConfirm();
    dialog.current?.close();
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={heading} className="dialog-title">
          {title}
        </h2>
        <p>{text}</p>
        {field}
        <div className="row">{children}</div>
      </form>
    </dialog>
  );
}
