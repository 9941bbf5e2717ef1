import type { Audience, Purpose } from './picture.ts';

/** Media types of pictures that are read. */
export const pictureTypes = ['image/jpeg', 'image/png', 'image/tiff'] as const;
export type PictureType = (typeof pictureTypes)[number];

/** What happens to the regions of a picture: they are cut out, made unrecognisable, drawn, or given to a container. */
export type Transform =
  | { kind: 'crop' }
  /** Squares of so many to the longer side of a region. */
  | { kind: 'mosaic'; squares: number }
  /** Gaussian; standard deviation as a part of the longer side of a region. */
  | { kind: 'blur'; sigma: number }
  | { kind: 'outline' }
  /** Name of a container that the service has. */
  | { kind: 'container'; name: string };

/** How the pictures of one kind are worked on: data, not code. */
export interface Recipe {
  name: string;
  /** What people read of it: what it is called, and in a line what it does. Absent: recipe-words makes them of the rest. */
  title?: string;
  about?: string;
  accepts: readonly PictureType[];
  /** Purposes that must stand. */
  consent: readonly Purpose[];
  region: {
    detector: 'whole' | 'face';
    choose: 'all' | 'largest';
    /** Added on each side, as a part of the region's width and height. */
    padding: number;
    /** Least score of a detection, 0 to 1. */
    threshold: number;
  };
  transform: readonly Transform[];
  /** Labels by which a base resource is chosen, at random among those that fit all; absent: none is needed. */
  base?: { by: readonly string[] };
  /** Labels that an upload must have. */
  labels: readonly string[];
  complete: {
    show: Audience;
    /** A person looks at the regions before they are transformed. */
    review: boolean;
    deleteOriginal: boolean;
    keepMinutes?: number;
  };
}

/** Containers that a recipe needs. */
export const containersOf = ({ transform }: Pick<Recipe, 'transform'>): string[] =>
  transform.flatMap((step) => (step.kind === 'container' ? [step.name] : []));
