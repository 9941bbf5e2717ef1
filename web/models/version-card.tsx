import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { VersionDetail, VersionView } from '../../functions/contract/models.ts';
import { useService } from '../api/context.tsx';
import { keys, useText, useVersion } from '../api/queries.ts';
import { Notice } from '../components/notice.tsx';
import { Scroller } from '../components/scroller.tsx';
import { Show, Trouble } from '../components/show.tsx';
import { inTime } from '../format.ts';
import { strings } from '../strings.ts';

const colours: Record<VersionView['state'], string> = {
  added: 'moving',
  building: 'moving',
  checking: 'moving',
  ready: 'ended',
  refused: 'bad',
  retired: 'ended',
};

/** One version: what it is, how its check ended, and what can be done with it. */
export function VersionCard({ version, mayChange }: { version: VersionView; mayChange: boolean }) {
  const { state, offered, name, revision, failure, addedBy, addedAt, offeredBy, offeredAt } = version;
  const [open, setOpen] = useState(false);
  return (
    <article className="card" data-version={version.id}>
      <h3>{name === undefined ? strings.modelUnnamed(state === 'refused') : strings.modelTitle(name, revision)}</h3>
      <p>
        <span className={`badge ${offered ? 'good' : colours[state]}`} data-state={offered ? 'offered' : state}>
          {offered ? strings.modelOffered : strings.modelStates[state]}
        </span>{' '}
        <span className="soft">
          {strings.modelAdded(addedBy, inTime(addedAt))}
          {offeredBy !== undefined && offeredAt !== undefined && strings.modelOfferedBy(offeredBy, inTime(offeredAt))}
        </span>
      </p>
      {failure !== undefined && (
        <Notice kind="bad" title={failure.message}>
          {failure.next !== undefined && <p>{failure.next}</p>}
        </Notice>
      )}
      {version.build !== undefined && <VersionBuild build={version.build} />}
      {version.description !== undefined && <p>{version.description}</p>}
      <VersionFacts version={version} />
      {name !== undefined && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{strings.modelCard}</summary>
          {open && <Details id={version.id} />}
        </details>
      )}
      {mayChange && <VersionActions version={version} />}
    </article>
  );
}

/** The steps of the build of its image; of one that failed the last lines of its log, too. */
function VersionBuild({ build: { phases, lines = [], image } }: { build: NonNullable<VersionView['build']> }) {
  return (
    <details open={image === undefined}>
      <summary>{strings.modelBuild}</summary>
      <ol className="model-build">
        {phases.map(({ name, state, seconds }) => (
          <li key={name}>{strings.modelBuildPhase(name, state, seconds)}</li>
        ))}
      </ol>
      {phases.length === 0 && image === undefined && <p className="soft">{strings.modelBuildWaits}</p>}
      {lines.length > 0 && (
        <Scroller box={null} label={strings.modelBuildLog} className="model-card">
          <pre>{lines.join('\n')}</pre>
        </Scroller>
      )}
      {image !== undefined && (
        <p>
          <code>{image}</code>
        </p>
      )}
    </details>
  );
}

function VersionFacts({
  version: { version, licence, authors = [], scores = {}, maps = [], package: sha, container },
}: {
  version: VersionView;
}) {
  const fact = (title: string, value: ReactNode) => (
    <div key={title}>
      <dt>{title}</dt>
      <dd>{value}</dd>
    </div>
  );
  return (
    <dl className="facts">
      {version !== undefined && version !== '' && fact(strings.modelVersion, version)}
      {licence !== undefined && fact(strings.modelLicence, licence)}
      {authors.length > 0 && fact(strings.modelAuthors, authors.join(', '))}
      {Object.entries(scores).map(([name, value]) => fact(name, String(value)))}
      {maps.map(({ output, maxDifference }) => fact(strings.modelTest(output), strings.modelDiffers(maxDifference)))}
      {container !== undefined && fact(strings.modelContainer, <code>{container}</code>)}
      {sha !== undefined && fact(strings.modelPackageSum, <code>{sha.slice(0, 12)}</code>)}
    </dl>
  );
}

/** The package's own picture and words. */
function Details({ id }: { id: string }) {
  return <Show what={useVersion(id)}>{(detail) => <CoverAndCard detail={detail} />}</Show>;
}

function CoverAndCard({ detail: { cover, card } }: { detail: VersionDetail }) {
  const text = useText(card?.request.url);
  return (
    <>
      {cover === undefined && card === undefined && <p className="soft">{strings.modelNoCard}</p>}
      {cover !== undefined && <img className="model-cover" src={cover.request.url} alt="" />}
      {card !== undefined && (
        <Show what={text}>
          {(words) => (
            <Scroller box={null} label={strings.modelCard} className="model-card">
              <pre>{words}</pre>
            </Scroller>
          )}
        </Show>
      )}
    </>
  );
}

function VersionActions({ version: { id, state, offered } }: { version: VersionView }) {
  const { call } = useService();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const params = { version: id };
  const onSettled = async () => {
    await client.invalidateQueries({ queryKey: keys.versions });
    await client.invalidateQueries({ queryKey: keys.models });
  };
  const offer = useMutation({ mutationFn: () => call('offerVersion', { params }), onSettled });
  const check = useMutation({ mutationFn: () => call('checkVersion', { params }), onSettled });
  const retire = useMutation({ mutationFn: () => call('retireVersion', { params }), onSettled });
  const error = offer.error ?? check.error ?? retire.error;
  return (
    <>
      {error !== null && <Trouble title={strings.modelNotChanged} error={error} />}
      <div className="row">
        {state === 'ready' && !offered && (
          <Button loading={offer.isPending} onClick={() => offer.mutate()}>
            {strings.modelOffer}
          </Button>
        )}
        {state === 'refused' && (
          <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
            {strings.modelCheckAgain}
          </Button>
        )}
        {state !== 'checking' && state !== 'retired' && !asking && (
          <Button variant="default" onClick={() => setAsking(true)}>
            {strings.modelRetire}
          </Button>
        )}
      </div>
      {asking && state !== 'retired' && (
        <Notice kind="info" title={strings.modelRetireText}>
          <div className="row">
            <Button className="danger filled" loading={retire.isPending} onClick={() => retire.mutate()}>
              {strings.modelRetire}
            </Button>
            <Button variant="default" onClick={() => setAsking(false)}>
              {strings.modelKeep}
            </Button>
          </div>
        </Notice>
      )}
    </>
  );
}
