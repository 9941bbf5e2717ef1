import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PictureSetup, setupFile } from '../../core/pictures/picture-setup.ts';

/** What a function knows of pictures of people: infra/artifacts writes it beside the code. */
export const readPictureSetup = (folder: string): PictureSetup =>
  JSON.parse(readFileSync(join(folder, setupFile), 'utf8')) as PictureSetup;
