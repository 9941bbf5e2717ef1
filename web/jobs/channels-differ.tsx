import { Notice } from '../components/notice.tsx';
import type { ImageKind } from '../image/offered-channels.ts';
import { strings } from '../strings.ts';

const shownKinds = 3;

/** Which channels images have where not all have the same. */
export function ChannelsDiffer({ kinds }: { kinds: readonly ImageKind[] }) {
  const all = kinds.reduce((sum, { count }) => sum + count, 0);
  const shown = kinds.slice(0, shownKinds).map(({ path, count, samples, channelNames }) => ({
    path,
    count,
    channels: strings.channelList(channelNames, samples),
  }));
  return <Notice kind="info" title={strings.channelsDiffer(shown, all)} />;
}
