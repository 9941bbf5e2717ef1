import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Corrections } from '../../../functions/contract/edits.ts';
import { useService } from '../../api/context.tsx';
import { Notice } from '../../components/notice.tsx';
import { save } from '../../jobs/save.ts';
import { correctWords as words } from './correct-words.ts';
import type { Correctable } from './correction-parts.ts';
import { History } from './history.tsx';
import { ImportLabels } from './import-labels.tsx';
import { ClickPart, Uncertain } from './map-parts.tsx';
import { radii, toolKeys, tools } from './tools.ts';
import type { Correction } from './use-correction.ts';

/** Tools, undoing, and what is stored, while labels are corrected; else the button that begins it. */
export function CorrectPanel({ correction, selected }: { correction: Correction; selected: number }) {
  const { isPossible, isOn, setOn, failure, state, of } = correction;
  if (!isPossible) return null;
  return (
    <fieldset className="viewer-part viewer-correct">
      <legend>{words.correct}</legend>
      <Button variant={isOn ? 'filled' : 'default'} size="compact-sm" aria-pressed={isOn} onClick={() => setOn(!isOn)}>
        {isOn ? words.stop : words.begin}
      </Button>
      {failure !== undefined && <Notice kind="bad" title={failure} />}
      {isOn && !state.ready && failure === undefined && <p className="soft">{words.opening}</p>}
      {isOn && state.ready && (
        <>
          {state.looking === undefined && (
            <>
              <Tools correction={correction} />
              {correction.hasMap && <Uncertain correction={correction} />}
              <ClassField correction={correction} selected={selected} />
              <Steps correction={correction} />
              <ImportLabels correction={correction} />
            </>
          )}
          <Stored correction={correction} />
          <History correction={correction} />
        </>
      )}
      {of !== undefined && <Results of={of} onBegin={async () => correction.session?.exchange()} />}
    </fieldset>
  );
}

function Tools({ correction }: { correction: Correction }) {
  const { tool, setTool, radius, setRadius } = correction;
  return (
    <>
      <div className="viewer-tool-list" role="radiogroup" aria-label={words.tool}>
        {tools.map((each) => (
          <label key={each} className="viewer-tool" title={words.toolHelp[each]}>
            <input type="radio" name="correct-tool" checked={tool === each} onChange={() => setTool(each)} />
            {words.tools[each]} <kbd>{toolKeys[each].toUpperCase()}</kbd>
          </label>
        ))}
      </div>
      <p className="soft">{words.toolHelp[tool]}</p>
      {(tool === 'brush' || tool === 'eraser') && (
        <label className="viewer-slider">
          <span>{words.radius}</span>
          <input
            type="range"
            min={radii.least}
            max={radii.most}
            value={radius}
            onChange={(event) => setRadius(Number(event.currentTarget.value))}
          />
          <span className="viewer-number">{words.pixels(radius)}</span>
        </label>
      )}
      {tool === 'click' && <ClickPart correction={correction} />}
    </>
  );
}

function ClassField({ correction, selected }: { correction: Correction; selected: number }) {
  const [name, setName] = useState('');
  if (selected === 0) return <p className="soft">{words.noObject}</p>;
  return (
    <form
      className="row viewer-class"
      onSubmit={(event) => {
        event.preventDefault();
        void correction.act({ tool: 'class', object: selected, name: name.trim() === '' ? undefined : name.trim() });
      }}
    >
      <input
        type="text"
        maxLength={100}
        value={name}
        aria-label={words.className}
        placeholder={words.className}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" size="compact-sm">
        {words.setClass}
      </Button>
    </form>
  );
}

function Steps({ correction: { state, obey } }: { correction: Correction }) {
  return (
    <div className="row viewer-tools">
      <Button variant="default" size="compact-sm" disabled={!state.canUndo} onClick={() => obey({ do: 'undo' })}>
        {words.undo}
      </Button>
      <Button variant="default" size="compact-sm" disabled={!state.canRedo} onClick={() => obey({ do: 'redo' })}>
        {words.redo}
      </Button>
      <Button variant="default" size="compact-sm" onClick={() => obey({ do: 'accept' })}>
        {words.accept}
      </Button>
      <Button variant="default" size="compact-sm" onClick={() => obey({ do: 'accept', whole: true })}>
        {words.acceptAll}
      </Button>
    </div>
  );
}

/** Whether all is stored, and what somebody else changed at the same time. */
function Stored({ correction: { state, session } }: { correction: Correction }) {
  const { waiting, trouble, revision, contested, entries } = state;
  const last = entries.at(-1);
  const isOnePerson = useService().config.signIn === 'link';
  return (
    <>
      <p className="soft" role="status">
        {trouble !== undefined && waiting > 0 ? words.waiting(waiting, trouble) : words.stored(waiting, revision)}
        {last !== undefined && waiting === 0 && !isOnePerson && <> {words.lastBy(last.by.name)}</>}
      </p>
      {last !== undefined && <p className="soft">{words.tableStays}</p>}
      {contested.length > 0 && (
        <Notice kind="bad" title={words.contested(contested)}>
          <Button variant="default" size="compact-sm" onClick={() => session?.forgetContested()}>
            {words.seen}
          </Button>
        </Notice>
      )}
    </>
  );
}

const soonMs = 1500;

/** Makes the results with what is corrected, and gives them out. */
function Results({ of: { id }, onBegin }: { of: Correctable; onBegin(): Promise<unknown> }) {
  const { call, config } = useService();
  const client = useQueryClient();
  const params = { id };
  const queryKey = ['corrections', id];
  const found = useQuery({
    queryKey,
    queryFn: ({ signal }) => call('showCorrections', { params, signal }),
    refetchInterval: (query) => (query.state.data?.round?.state === 'working' ? soonMs : false),
  });
  const make = useMutation({
    mutationFn: async () => {
      await onBegin();
      return call('correctResults', { params });
    },
    onSuccess: (next: Corrections) => client.setQueryData(queryKey, next),
  });
  const download = useMutation({
    mutationFn: async () => save((await call('signDownload', { params, query: { labels: 'corrected' } })).request.url),
  });
  const round = found.data?.round;
  const failure = make.error ?? download.error;
  const isReady = round?.state === 'ready';
  return (
    <div className="viewer-results">
      <div className="row viewer-tools">
        <Button
          variant="default"
          size="compact-sm"
          loading={make.isPending || round?.state === 'working'}
          onClick={() => make.mutate()}
        >
          {words.make}
        </Button>
        {isReady && (
          <Button size="compact-sm" loading={download.isPending} onClick={() => download.mutate()}>
            {words.download}
          </Button>
        )}
      </div>
      {round !== undefined && (
        <p className="soft" role="status">
          {round.state === 'failed'
            ? words.failed(round.failure?.message ?? '')
            : words.round(round, config.signIn === 'link')}
        </p>
      )}
      {failure !== null && <Notice kind="bad" title={failure instanceof Error ? failure.message : String(failure)} />}
    </div>
  );
}
