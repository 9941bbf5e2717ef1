import { Button, Modal, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { strings } from '../strings.ts';

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

/** Deleting takes the name typed back. */
export function DeleteDialog({ name, onClose, onConfirm }: DialogProps & { name: string }) {
  const [typed, setTyped] = useState('');
  const same = typed.normalize('NFC').trim() === name.trim();
  return (
    <Question
      title={strings.deleteTitle}
      text={strings.deleteText}
      onClose={onClose}
      onConfirm={() => same && onConfirm()}
      field={
        <TextInput
          label={strings.deleteType(name)}
          value={typed}
          autoComplete="off"
          data-autofocus
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

function Question({ title, text, field, children, onClose, onConfirm }: QuestionProps) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onConfirm();
    onClose();
  };
  // the library's scroll lock writes a style element, which the page's policy refuses
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      centered
      lockScroll={false}
      transitionProps={{ duration: 0 }}
      closeButtonProps={{ 'aria-label': strings.close }}
    >
      <form onSubmit={submit}>
        <p>{text}</p>
        {field}
        <div className="row">{children}</div>
      </form>
    </Modal>
  );
}
