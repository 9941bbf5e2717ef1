import type { ObjectRef } from '../../core/object-keys.ts';
import type { Picture, Region } from '../../core/pictures/picture.ts';
import type { Recipe } from '../../core/pictures/recipe.ts';
import type { Pixels } from '../../photographs/pixels.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { PeoplePorts } from '../../ports/ports.ts';
import type { Queue } from '../../ports/queue.ts';

/** What a container is asked to do: fetch `source` and `target`, and store what it makes of them as `output`. */
interface ContainerRequest {
  picture: Picture;
  /** JPEG. */
  source: ObjectRef;
  /** Absent where the recipe has no base resource. */
  target?: ObjectRef;
  /** A JPEG or PNG is there when the promise resolves. */
  output: ObjectRef;
}

/** What works on pictures, beside the stores. */
export interface PictureTools {
  recipes: ReadonlyMap<string, Recipe>;
  /** In pixels of the picture, those of at least `threshold`. */
  findFaces(picture: Pixels, threshold: number): Promise<Region[]>;
  /** Throws `pictureNotTransformed` where it refuses, and another error where it may work later. */
  runContainer(name: string, request: ContainerRequest): Promise<void>;
}

export interface PictureServices {
  objects: ObjectStore;
  queue: Queue;
  clock: Clock;
  people?: PeoplePorts;
  pictureTools?: PictureTools;
}

/** All that is there where the feature is on. */
export interface OpenPictures extends PeoplePorts {
  objects: ObjectStore;
  clock: Clock;
  tools: PictureTools;
}

/** Throws where a runtime starts the stage without them: our bug. */
export function openedOf({ objects, clock, people, pictureTools: tools }: PictureServices): OpenPictures {
  if (people === undefined || tools === undefined) throw new Error('the stage of pictures has no stores or no tools');
  return { ...people, objects, clock, tools };
}
