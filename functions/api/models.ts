import type { Download } from '../contract/results.ts';
import type { ModelView } from '../contract/service.ts';
import { offeredVersions, type ReadyVersion } from '../core/model-version.ts';
import { cardRef, coverRef, type ObjectRef } from '../core/object-keys.ts';
import { modelChangeHandlers } from './model-changes.ts';
import { versionsOf, versionView } from './model-versions.ts';
import type { Handlers } from './request.ts';
import type { ApiServices } from './services.ts';
import { expiresSeconds } from './sign-uploads.ts';
import { signedView } from './views.ts';

type ModelHandlers = Pick<Handlers, 'listModels' | 'listVersions' | 'showVersion'> &
  ReturnType<typeof modelChangeHandlers>;

/** What new jobs may use, the default first: those that the service was deployed with, each replaced by the version of its name that is offered, then the others that are offered. */
export async function offeredModels({ shipped, ports }: Pick<ApiServices, 'shipped' | 'ports'>): Promise<ModelView[]> {
  const offered = offeredVersions((await ports.models?.all()) ?? { versions: [], lines: [] }).map(offeredView);
  const newer = (view: ModelView) => offered.find(({ name }) => name === view.name) ?? view;
  return [...shipped.map(newer), ...offered.filter(({ name }) => !shipped.some((each) => each.name === name))];
}

const offeredView = ({ facts, revision }: ReadyVersion): ModelView => ({
  name: facts.name,
  version: facts.version,
  description: facts.description,
  sha256: facts.weights,
  revision,
  package: facts.package,
  inputChannels: facts.inputChannels,
  ...(facts.defaultChannel !== undefined && { defaultChannel: facts.defaultChannel }),
  greyFromRgb: facts.greyFromRgb,
});

/** Markdown as text: it is of whoever made the package. */
const readme = { name: 'README.md', type: 'text/plain; charset=utf-8' };

/** What everybody sees of models, and what administrators change. */
export function modelHandlers(services: ApiServices): ModelHandlers {
  const { ports, signed } = services;
  const signGet = async (
    ref: ObjectRef,
    { name: fileName, type: contentType, bytes }: { name: string; type: string; bytes: number },
  ): Promise<Download> => {
    const request = await signed.signGet(ref, { expiresSeconds, fileName, contentType });
    return { fileName, bytes, request: signedView(request) };
  };

  return {
    ...modelChangeHandlers(services),

    listModels: async () => ({ items: await offeredModels(services) }),

    async listVersions() {
      const all = await versionsOf(ports).models.all();
      return { items: all.versions.map((version) => versionView(version, all)) };
    },

    async showVersion({ params }) {
      const versions = versionsOf(ports);
      const version = await versions.find(params.version);
      const view = await versions.view(version);
      if (version.facts === undefined) return view;
      const { package: sha256, cover, card } = version.facts;
      return {
        ...view,
        ...(cover !== undefined && { cover: await signGet(coverRef(sha256), { name: 'cover', ...cover }) }),
        ...(card !== undefined && { card: await signGet(cardRef(sha256), { ...readme, bytes: card }) }),
      };
    },
  };
}
