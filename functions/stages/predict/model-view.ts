import type { ModelView } from '../../contract/service.ts';
import type { ModelPackage } from '../../model/package/package.ts';
import { modelInput } from './channel.ts';

/** What the API says of a model. */
export function modelView({ identity: { name, version, sha256 }, description }: ModelPackage): ModelView {
  const { channelCount, channel, rgb } = modelInput(description);
  return {
    name,
    version,
    description: description.about,
    sha256,
    inputChannels: channelCount,
    ...(channel !== undefined && { defaultChannel: channel }),
    greyFromRgb: rgb === 'grey',
  };
}
