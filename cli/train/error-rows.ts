import { exitCodes, type Row } from '../exit-codes.ts';

const { usage, failed } = exitCodes;

/** What can go wrong while a model is trained. */
export const trainRows = {
  trainerMissing: ({ python, detail }: { python: string; detail: string }) => ({
    exit: failed,
    what: `${python} cannot train`,
    why: detail,
    next: 'python3 -m venv labdeploy-python && labdeploy-python/bin/pip install torch onnx numpy scipy tifffile, then add --python labdeploy-python/bin/python',
  }),
  baseNotTrainable: ({ model, detail }: { model: string; detail: string }) => ({
    exit: usage,
    what: `${model} cannot be trained further`,
    why: detail,
    next: 'train from nuclei, or from a model that labdeploy train wrote',
  }),
  labelsUnfit: ({ file, detail }: { file: string; detail: string }) => ({
    exit: failed,
    what: `${file} cannot be trained on`,
    why: detail,
    next: 'save labels as whole numbers, one for each object and 0 for background, in the size of the image, or take the pair out',
  }),
  labelsTooFew: ({ objects, least, missing }: { objects: number; least: number; missing: number }) => ({
    exit: failed,
    what: `${objects} ${objects === 1 ? 'object is' : 'objects are'} labelled`,
    why: `label at least ${least}: ${missing} to go`,
    next: 'label every object of an image or two more, then run the same command again',
  }),
  labelsOneClass: ({ images }: { images: number }) => ({
    exit: failed,
    what: 'the labels have no background',
    why: `every labelled pixel of ${images === 1 ? 'the image' : `all ${images} images`} is in an object, so nothing says what an object is not`,
    next: 'save labels with 0 for background, then run the same command again',
  }),
  imagesTooFew: ({ images }: { images: number }) => ({
    exit: failed,
    what: `${images} labelled ${images === 1 ? 'image' : 'images'} that ${images === 1 ? 'has' : 'have'} to be on one side`,
    why: 'one image is trained on and another is kept aside to score with, and an image never changes sides',
    next: 'label objects in another image, then run the same command again',
  }),
  sidesUnreadable: ({ file, detail }: { file: string; detail: string }) => ({
    exit: usage,
    what: `${file} does not say which images are kept aside`,
    why: detail,
    next: 'write names of images with their sides, such as {"a.tif": "train", "b.tif": "test"}',
  }),
  sideTooSmall: ({ side, objects, least }: { side: 'trained on' | 'kept aside'; objects: number; least: number }) => ({
    exit: failed,
    what: `the images ${side} have ${objects} labelled ${objects === 1 ? 'object' : 'objects'}`,
    why: `${least} are needed there, and an image never changes sides`,
    next: 'label objects in other images too, then run the same command again',
  }),
  trainingFailed: ({ detail, folder }: { detail: string; folder: string }) => ({
    exit: failed,
    what: 'the training failed',
    why: detail,
    next: `run the same command again: it goes on from the last whole epoch in ${folder}`,
  }),
  trainingDiverged: ({ epoch }: { epoch: number }) => ({
    exit: failed,
    what: `the training diverged in epoch ${epoch}`,
    why: 'its loss is no longer a number',
    next: 'check the images for extreme values, or try another --seed',
  }),
  notBetter: ({ reasons, worst, folder }: { reasons: string; worst: string; folder: string }) => ({
    exit: failed,
    what: 'the trained model is not better',
    why: reasons,
    next: `label more images like ${worst}, then train again; what was trained is in ${folder}`,
  }),
} satisfies Record<string, (facts: never) => Row>;
