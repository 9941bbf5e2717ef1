import type { VersionView } from '../../functions/contract/models.ts';
import { useService } from '../api/context.tsx';
import { useMe, useModels, useVersions } from '../api/queries.ts';
import { ScreenHeading } from '../components/heading.tsx';
import { Show } from '../components/show.tsx';
import { strings } from '../strings.ts';
import { AddModel } from './add-model.tsx';
import { VersionCard } from './version-card.tsx';

/** What new jobs use, and every version that was added; administrators change both. */
export function ModelsScreen() {
  const { config } = useService();
  const me = useMe();
  const mayChange = config.signIn === 'link' || (me.state === 'ready' && me.data.admin);
  return (
    <>
      <ScreenHeading>{strings.models}</ScreenHeading>
      <Offered />
      {mayChange ? <AddModel /> : <p className="soft">{strings.modelsByAdmins}</p>}
      <Show what={useVersions()}>
        {(versions) => (
          <>
            <h2>{strings.modelVersions}</h2>
            {versions.length === 0 && <p className="soft">{strings.noModelVersions}</p>}
            <Versions versions={versions} mayChange={mayChange} />
          </>
        )}
      </Show>
    </>
  );
}

function Offered() {
  return (
    <Show what={useModels()}>
      {({ items }) => (
        <>
          <h2>{strings.modelsOffered}</h2>
          <ul className="plain">
            {items.map(({ name, version, revision, description }) => (
              <li key={name}>
                <strong>{strings.modelTitle(name, revision)}</strong>{' '}
                <span className="soft">
                  {version} {revision === undefined && strings.modelShipped}
                </span>
                <p>{description}</p>
              </li>
            ))}
          </ul>
        </>
      )}
    </Show>
  );
}

function Versions({ versions, mayChange }: { versions: readonly VersionView[]; mayChange: boolean }) {
  return (
    <ul className="plain">
      {versions.map((version) => (
        <li key={version.id}>
          <VersionCard version={version} mayChange={mayChange} />
        </li>
      ))}
    </ul>
  );
}
