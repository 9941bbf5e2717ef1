import type { ImageInfo } from '../../functions/image/image.ts';
import { Notice } from '../components/notice.tsx';
import { inShort } from '../format.ts';
import { strings } from '../strings.ts';
import { ImageNotes } from './image-notes.tsx';
import type { FirstLook } from './look.ts';

interface FirstImageProps {
  /** Of the first file, whatever becomes of it. */
  path: string;
  inspected: FirstLook | undefined;
  error: Error | null;
}

/** What the first good file says of itself: the user sees at once whether labdeploy understands it. */
export function FirstImage({ path, inspected, error }: FirstImageProps) {
  if (error !== null) return <Notice kind="bad" title={strings.lookRefused(path, error.message)} />;
  const refused = inspected?.refused.map(({ path: bad, why }) => (
    <Notice key={bad} kind="bad" title={strings.lookRefused(bad, why)} />
  ));
  return (
    <>
      {refused}
      {(inspected === undefined || inspected.seen !== undefined) && (
        <div className="first-image">
          <p>
            <strong>{strings.looks}</strong> <span className="path">{inspected?.seen?.path ?? path}</span>
            <br />
            {inspected?.seen === undefined ? strings.looking : inWords(inspected.seen.info)}
          </p>
          <ImageNotes notes={inspected?.seen?.notes} pixelSizeReason={inspected?.seen?.noPixelSize} />
        </div>
      )}
    </>
  );
}

const axes = ['positions', 'times', 'depths', 'channels'] as const;

/** What an image is, by its header or by the summary of its results. */
type Measures = Pick<ImageInfo, (typeof axes)[number] | 'height' | 'width' | 'samples'> & {
  type: string;
  pixelSize?: { x: number; y: number } | undefined;
};

export function inWords(info: Measures): string {
  const sizes = axes.filter((axis) => info[axis] > 1).map((axis) => `${info[axis]} ${strings.lookAxes[axis]}`);
  const { pixelSize } = info;
  return [
    strings.lookPixels(info.height, info.width, info.type),
    ...sizes,
    ...(info.samples > 1 ? [strings.lookColour] : []),
    pixelSize === undefined
      ? strings.lookNoPixelSize
      : strings.lookPixelSize(inShort(pixelSize.x), inShort(pixelSize.y)),
  ].join(' · ');
}
