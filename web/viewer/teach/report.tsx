import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type SyntheticEvent, useEffect, useRef } from 'react';
import type { DataSetView } from '../../../functions/contract/data-sets.ts';
import { useService } from '../../api/context.tsx';
import { Notice } from '../../components/notice.tsx';
import { save } from '../../jobs/save.ts';
import { fetchReport, type ReportPage } from './fetch-report.ts';
import { teachWords as words } from './teach-words.ts';

/** The report of the last training: read here, over the screen, or saved. */
export function Report({ of: { id: dataSet, name } }: { of: DataSetView }) {
  const { call } = useService();
  const address = async (): Promise<string> => (await call('signReport', { params: { dataSet } })).request.url;
  const look = useMutation({ mutationFn: async () => fetchReport(await address()) });
  const download = useMutation({ mutationFn: async () => save(await address()) });
  const error = look.error ?? download.error;
  return (
    <>
      <Button variant="default" size="compact-sm" loading={look.isPending} onClick={() => look.mutate()}>
        {words.report}
      </Button>
      {look.data !== undefined && (
        <ReportDialog page={look.data} name={name} onDownload={() => download.mutate()} onClose={look.reset} />
      )}
      {error !== null && <Notice kind="bad" title={error.message} />}
    </>
  );
}

interface ReportDialogProps {
  page: ReportPage;
  name: string;
  onDownload(): void;
  onClose(): void;
}

function ReportDialog({ page, name, onDownload, onClose }: ReportDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const title = words.reportOf(name);
  return (
    <dialog ref={dialog} className="viewer-report" onClose={onClose} aria-label={title}>
      <iframe
        title={title}
        sandbox="allow-same-origin" // for its style; without allow-scripts nothing in it runs
        srcDoc={page.html}
        onLoad={(event) => setStyle(event, page.style)}
      />
      <div className="row">
        <Button variant="default" onClick={onDownload}>
          {words.downloadReport}
        </Button>
        <Button variant="default" onClick={() => dialog.current?.close()}>
          {words.close}
        </Button>
      </div>
    </dialog>
  );
}

/** The frame has the policy of this page, which takes no style elements; a style sheet that a script makes it takes. */
function setStyle({ currentTarget: frame }: SyntheticEvent<HTMLIFrameElement>, style: string): void {
  const own = frame.contentWindow as Window & typeof globalThis;
  const sheet = new own.CSSStyleSheet(); // of the frame: a document takes no other's
  sheet.replaceSync(style);
  own.document.adoptedStyleSheets = [sheet];
}
