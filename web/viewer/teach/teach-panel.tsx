import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ServiceError } from '../../../client/service-error.ts';
import type { DataSetView } from '../../../functions/contract/data-sets.ts';
import type { ProblemCode } from '../../../functions/contract/problems.ts';
import type { ModelKind } from '../../../functions/core/data-set.ts';
import { useService } from '../../api/context.tsx';
import { Notice } from '../../components/notice.tsx';
import { save } from '../../jobs/save.ts';
import type { Correctable } from '../correct/correction-parts.ts';
import type { Correction } from '../correct/use-correction.ts';
import { Report } from './report.tsx';
import { TaughtModel } from './taught-model.tsx';
import './teach.css';
import { teachWords as words } from './teach-words.ts';

const queryKey = ['data-sets'];
const allKinds = ['pixels', 'network'] as const satisfies readonly ModelKind[];
const soonMs = 1500;
const zipAgainMs = 5000;
const isBeingMade = (error: unknown): boolean =>
  error instanceof ServiceError && error.problem?.code === ('zipBeingMade' satisfies ProblemCode);

/** Images that are on their way into it. */
const arrivingOf = ({ adding }: DataSetView): number => adding.filter(({ failure }) => failure === undefined).length;
const isInWork = ({ training }: DataSetView): boolean => training !== undefined && words.training(training);

function useDataSets() {
  const { call } = useService();
  return useQuery({
    queryKey,
    queryFn: async ({ signal }) => (await call('listDataSets', { signal })).items,
    refetchInterval: ({ state }) =>
      state.data?.some((each) => isInWork(each) || arrivingOf(each) > 0) === true ? soonMs : false,
  });
}

/** Teaches a model with what is accepted of the images; drawn where the service does that. */
export function TeachPanel({ correction }: { correction: Correction }) {
  const { config } = useService();
  const { of, isPossible } = correction;
  if (config.teaching !== true || of === undefined || !isPossible) return null;
  return <Teaching of={of} store={async () => correction.session?.exchange()} />;
}

function Teaching({ of, store }: { of: Correctable; store(): Promise<unknown> }) {
  const found = useDataSets();
  const [typed, setName] = useState<string>();
  const list = useId();
  const all = found.data ?? [];
  const own = all.find((each) => imageIn(each, of) !== undefined) ?? all[0];
  const name = typed ?? own?.name ?? words.usualName;
  const chosen = all.find((each) => each.name === name);
  const error = found.error;
  return (
    <fieldset className="viewer-part viewer-teach">
      <legend>{words.teach}</legend>
      <p className="soft">{words.help}</p>
      <label>
        {words.name}
        <input
          type="text"
          list={list}
          value={name}
          maxLength={60}
          title={words.nameRule}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <datalist id={list}>
        {all.map((each) => (
          <option key={each.id} value={each.name} />
        ))}
      </datalist>
      {error !== null && <Notice kind="bad" title={error.message} />}
      <AddImage {...{ of, store, name, chosen }} />
      {chosen !== undefined && chosen.images.length > 0 && <Train key={chosen.id} dataSet={chosen} />}
    </fieldset>
  );
}

const imageIn = ({ images }: DataSetView, { id, path }: Correctable) =>
  images.find((image) => image.job === id && image.path === path);

interface AddImageProps {
  of: Correctable;
  store(): Promise<unknown>;
  name: string;
  chosen: DataSetView | undefined;
}

function AddImage({ of, store, name, chosen }: AddImageProps) {
  const { call } = useService();
  const client = useQueryClient();
  const add = useMutation({
    mutationFn: async () => {
      await store();
      const { id: dataSet } = await call('createDataSet', { body: { name } });
      return call('addToDataSet', { params: { dataSet }, body: { job: of.id, path: of.path } });
    },
    onSettled: () => client.invalidateQueries({ queryKey }),
  });
  const image = chosen && imageIn(chosen, of);
  const arriving = chosen === undefined ? 0 : arrivingOf(chosen);
  const failure = chosen?.adding.find(({ job, path }) => job === of.id && path === of.path)?.failure;
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        loading={add.isPending}
        disabled={chosen !== undefined && isInWork(chosen)}
        onClick={() => add.mutate()}
      >
        {words.add}
      </Button>
      <p className="soft" role="status">
        {chosen === undefined || chosen.images.length === 0 ? words.nothing : words.has(chosen)}{' '}
        {image !== undefined && words.hasThis(image.objects, image.revision)} {arriving > 0 && words.arriving(arriving)}
      </p>
      {add.error !== null && <Notice kind="bad" title={add.error.message} />}
      {failure !== undefined && <Notice kind="bad" title={words.notAdded(failure.message)} />}
    </>
  );
}

function Train({ dataSet }: { dataSet: DataSetView }) {
  const { call, config } = useService();
  const client = useQueryClient();
  const kinds = config.teachingKinds ?? allKinds;
  const [kind, setKind] = useState<ModelKind>(dataSet.training?.kind ?? 'pixels');
  const params = { dataSet: dataSet.id };
  const onSettled = () => client.invalidateQueries({ queryKey });
  const begin = useMutation({ mutationFn: () => call('startTraining', { params, body: { kind } }), onSettled });
  const stop = useMutation({ mutationFn: () => call('stopTraining', { params }), onSettled });
  const download = useMutation({
    mutationFn: async () => save((await call('exportDataSet', { params })).request.url),
    retry: (_, error) => isBeingMade(error),
    retryDelay: zipAgainMs,
  });
  const missing = words.missing(dataSet);
  const { training } = dataSet;
  const inWork = isInWork(dataSet);
  const error = begin.error ?? stop.error ?? download.error;
  return (
    <>
      {missing !== undefined && <p>{missing}</p>}
      <fieldset className="viewer-kinds">
        <legend>{words.kind}</legend>
        {kinds.map((each) => (
          <label key={each} className="viewer-tool">
            <input type="radio" name="model-kind" checked={kind === each} onChange={() => setKind(each)} />
            {words.kinds[each]}
          </label>
        ))}
      </fieldset>
      {config.machines !== undefined && <p className="soft">{words.machine(config.machines)}</p>}
      <div className="row viewer-tools">
        <Button
          size="compact-sm"
          loading={begin.isPending}
          disabled={missing !== undefined || inWork || arrivingOf(dataSet) > 0}
          onClick={() => begin.mutate()}
        >
          {words.begin}
        </Button>
        {inWork && (
          <Button variant="default" size="compact-sm" loading={stop.isPending} onClick={() => stop.mutate()}>
            {words.stop}
          </Button>
        )}
      </div>
      {training !== undefined && (
        <p role="status" data-training={training.state}>
          {inWork ? words.inWork(training) : words.ended(training)}
        </p>
      )}
      {!inWork && training?.scores !== undefined && (
        <>
          <Scores images={training.scores.images} />
          <Report of={dataSet} />
        </>
      )}
      {!inWork && dataSet.version !== undefined && <TaughtModel id={dataSet.version} />}
      <Button variant="default" size="compact-sm" loading={download.isPending} onClick={() => download.mutate()}>
        {words.download}
      </Button>
      {error !== null && <Notice kind="bad" title={error.message} />}
    </>
  );
}

function Scores({ images }: { images: readonly { image: string; before: number; after: number }[] }) {
  if (images.length === 0) return null;
  return (
    <table className="viewer-scores">
      <caption>{words.scores}</caption>
      <thead>
        <tr>
          <th scope="col">{words.image}</th>
          <th scope="col">{words.before}</th>
          <th scope="col">{words.after}</th>
        </tr>
      </thead>
      <tbody>
        {images.map(({ image, before, after }) => (
          <tr key={image}>
            <th scope="row">{image}</th>
            <td>{words.f1(before)}</td>
            <td>{words.f1(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
