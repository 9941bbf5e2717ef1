import type { NotSent, NotSentReason } from '../../client/upload/select-files.ts';
import { strings } from '../strings.ts';
import { PathList } from './folder-difference.tsx';

type Group = NotSentReason | 'zip';

const groupOf = ({ path, reason }: NotSent): Group => (reason === 'notImage' && /\.zip$/i.test(path) ? 'zip' : reason);

/** Every file that will not be sent, by reason, before anything is begun. */
export function NotSentFiles({ files }: { files: readonly NotSent[] }) {
  const groups = Map.groupBy(files, groupOf);
  return [...groups].map(([group, members]) => (
    <div key={group} className="not-sent">
      <p className="soft">{strings.notSent[group](members.length)}</p>
      <PathList lines={members.map(({ path, detail }) => (detail === undefined ? path : `${path}: ${detail}`))} />
    </div>
  ));
}
