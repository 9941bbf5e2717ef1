import type { Running } from '../cli.ts';

/** Of a container that is run once and then removed. Ports are the machine's own. */
export interface ContainerOptions {
  env?: Readonly<Record<string, string>>;
  /** Folders of this machine, with their path in the container. */
  volumes?: Readonly<Record<string, string>>;
}

/** A running container. */
export interface Container extends Running {
  /** Ctrl-C: SIGINT to its first process. */
  interrupt(): Promise<void>;
}

/** Of the image's configuration, what the tests look at. */
export interface ImageConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  User?: string;
}

/** Builds and runs images with what this machine has. */
export interface Builder {
  name: string;
  has(image: string): Promise<boolean>;
  /** Builds the Dockerfile of a folder; rejects with what the builder said. */
  build(context: string, image: string): Promise<void>;
  /** Removes every other image of the same name, whatever its tag. */
  removeOthers(image: string): Promise<void>;
  config(image: string): Promise<ImageConfig>;
  /** Writes the image, with every layer, as one archive in the form of `docker save`. */
  save(image: string, archive: string): Promise<void>;
  /** Runs the image's entry point with these arguments, as its user. */
  start(image: string, args: readonly string[], options?: ContainerOptions): Promise<Container>;
}
