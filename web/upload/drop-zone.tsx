import { Button } from '@mantine/core';
import { type DragEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { Notice } from '../components/notice.tsx';
import { strings } from '../strings.ts';
import { arrange, type Picked } from './collect.ts';
import { type Dropped, filesDropped, filesPicked, holdsFiles } from './dropped.ts';

interface DropZoneProps {
  title: string;
  children: ReactNode;
  /** The zone says that it reads until this ends. */
  onPicked(picked: Picked): void | Promise<void>;
}

/** Takes a folder, files or a zip, dropped or chosen with the keyboard. */
export function DropZone({ title, children, onPicked }: DropZoneProps) {
  const [state, setState] = useState<'idle' | 'over' | 'reading' | 'empty' | { unreadable: string }>('idle');
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);

  const take = async (finding: Promise<Dropped>): Promise<void> => {
    setState('reading');
    try {
      const { found, handles } = await finding;
      const picked = { ...arrange(found), handles };
      if (picked.files.length > 0) await onPicked(picked);
      setState(picked.files.length === 0 ? 'empty' : 'idle');
    } catch (error) {
      setState({ unreadable: error instanceof Error ? error.message : String(error) });
    }
  };
  const zone = useRef<HTMLElement>(null);
  const takeRef = useRef(take);
  takeRef.current = take;
  // Files that are let go beside the zone mean it; web/main.tsx keeps them from taking the place of the page.
  useEffect(() => {
    const beside = (event: globalThis.DragEvent) => {
      const { dataTransfer, target } = event;
      if (dataTransfer === null || !holdsFiles(event) || zone.current?.contains(target as Node)) return;
      void takeRef.current(filesDropped(dataTransfer));
    };
    window.addEventListener('drop', beside);
    return () => window.removeEventListener('drop', beside);
  }, []);
  const over = (event: DragEvent) => {
    event.preventDefault();
    setState('over');
  };
  const left = (event: DragEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setState('idle');
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(filesDropped(event.dataTransfer));
  };
  const input = (ref: typeof folder, label: string, directory: boolean) => (
    <input
      ref={ref}
      type="file"
      hidden
      multiple
      aria-label={label}
      {...(directory && { webkitdirectory: '' })}
      onChange={(event) => {
        const { currentTarget: own } = event;
        if (own.files === null || own.files.length === 0) return;
        void take(
          filesPicked(own.files).finally(() => {
            own.value = ''; // the same folder can be chosen again
          }),
        );
      }}
    />
  );

  return (
    <section
      ref={zone}
      className={`drop ${state === 'over' ? 'over' : ''}`}
      aria-label={title}
      onDragOver={over}
      onDragLeave={left}
      onDrop={drop}
    >
      <p className="drop-title" role="status">
        {state === 'over' ? strings.dropActive : state === 'reading' ? strings.reading : title}
      </p>
      {children}
      <div className="row">
        <Button onClick={() => folder.current?.click()}>{strings.pickFolder}</Button>
        <Button variant="default" onClick={() => files.current?.click()}>
          {strings.pickFiles}
        </Button>
      </div>
      {input(folder, strings.pickFolder, true)}
      {input(files, strings.pickFiles, false)}
      {state === 'empty' && <Notice kind="bad" title={strings.nothingFound} />}
      {typeof state === 'object' && <Notice kind="bad" title={strings.unreadable(state.unreadable)} />}
    </section>
  );
}
