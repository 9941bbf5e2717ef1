import { createHash } from 'node:crypto';
import type { Side } from '../../functions/core/split-images.ts';
import type { TrainingImages } from './read-images.ts';

/** What the machine writes about a trained model, into `config.training` of its description. */
export interface TrainingCard {
  kind: 'network' | 'pixel classifier';
  /** The model that a network continues, or that a classifier was compared with. */
  parent: string;
  parent_sha256: string;
  /** Over the pixels of all images and labels, and over these with all settings. */
  data_sha256: string;
  digest: string;
  images: number;
  objects: number;
  sides: Record<string, Side>;
  seed: number;
  /** Of a network. */
  epochs?: number;
  replay?: string;
  /** F1 at IoU 0.5 on the images kept aside, and of a network on what the parent was made for. */
  f1_before: number;
  f1_after: number;
  f1_own_before?: number;
  f1_own_after?: number;
  verdict: 'better' | 'not better';
  versions: Record<string, string>;
}

type Settings = Pick<TrainingCard, 'kind' | 'parent' | 'parent_sha256' | 'seed' | 'epochs' | 'replay'>;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The card without scores. */
export function begunCard({ all, objects, sides }: TrainingImages, settings: Settings): TrainingCard {
  const pixels = all.map(({ hash, labelHash }) => `${hash} ${labelHash}`).sort();
  const made = { ...settings, data_sha256: sha256(pixels.join('\n')) };
  return {
    ...made,
    digest: sha256(JSON.stringify(made)),
    ...{ images: all.length, objects, sides },
    ...{ f1_before: 0, f1_after: 0, verdict: 'not better', versions: {} },
  };
}
