import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react';

interface QuestionProps {
  title: string;
  text?: string;
  /** Between the text and the buttons. */
  field?: ReactNode;
  /** The buttons; one of them submits. */
  children: ReactNode;
  /** Enter in a field submits even where the button is disabled: the dialog then stays as it is. */
  canConfirm?: boolean;
  onClose(): void;
  onConfirm(): void;
}

/** The browser's own dialog keeps the focus inside, closes with Escape, and gives the focus back. */
export function Question({ title, text, field, children, canConfirm = true, onClose, onConfirm }: QuestionProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!canConfirm) return;
    onConfirm();
    dialog.current?.close();
  };
  return (
    <dialog ref={dialog} aria-labelledby={heading} onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id={heading} className="dialog-title">
          {title}
        </h2>
        {text !== undefined && <p>{text}</p>}
        {field}
        <div className="row">{children}</div>
      </form>
    </dialog>
  );
}
