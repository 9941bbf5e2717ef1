import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Failure } from '../../core/errors.ts';
import { type ContainerEngine, containerEngines } from '../package/built-image.ts';
import type { Program } from './supervise-program.ts';

const run = promisify(execFile);

/** What each answers where it can work: docker's client alone, without its daemon, does not. */
const questions: Record<ContainerEngine, string[]> = {
  podman: ['info', '--format', '{{.Version.Version}}'],
  docker: ['info', '--format', '{{.ServerVersion}}'],
  buildah: ['info'],
};
const answerMs = 20_000;

/** The engine at hand, or the one that `LABDEPLOY_CONTAINER_ENGINE` names where it answers. */
export async function findEngine(named = process.env.LABDEPLOY_CONTAINER_ENGINE): Promise<ContainerEngine | undefined> {
  for (const engine of containerEngines) {
    if (named && named !== engine) continue;
    const answers = await run(engine, questions[engine], { timeout: answerMs }).then(
      () => true,
      () => false, // not installed, or no daemon: the next one is asked
    );
    if (answers) return engine;
  }
  return undefined;
}

/** Where a server in an image listens; engines without a network of their own are told another port by `PORT`. */
const insidePort = 8080;

interface ImageOptions {
  /** Of this machine, on 127.0.0.1. */
  port: number;
  /** Of the container. */
  name: string;
  memoryGb?: number;
  gpu?: boolean;
}

/** How an engine runs an image until it is stopped, and what removes the container then. */
export async function imageProgram(engine: ContainerEngine, image: string, options: ImageOptions): Promise<Program> {
  if (engine === 'buildah') return buildahProgram(image, options);
  const { port, name, memoryGb, gpu } = options;
  const graphics = engine === 'docker' ? ['--gpus', 'all'] : ['--device', 'nvidia.com/gpu=all'];
  return {
    command: [
      ...[engine, 'run', '--rm', '--name', name],
      ...['--publish', `127.0.0.1:${port}:${insidePort}`, '--env', `PORT=${insidePort}`],
      ...['--security-opt', 'no-new-privileges'],
      ...(memoryGb === undefined ? [] : ['--memory', `${Math.round(memoryGb * 1024)}m`]),
      ...(gpu === true ? graphics : []),
      image,
    ],
    cleanUp: [engine, 'rm', '--force', name],
  };
}

/** buildah runs a command in a container that it made before; it shares the network, so the server is told its port. */
async function buildahProgram(image: string, { port, name }: ImageOptions): Promise<Program> {
  try {
    await run('buildah', ['from', '--name', name, image]);
    const { stdout } = await run('buildah', ['inspect', name], { maxBuffer: 1 << 24 });
    const { Entrypoint, Cmd } = (JSON.parse(stdout) as BuildahContainer).OCIv1.config;
    const environment = ['--env', `PORT=${port}`];
    return {
      command: ['buildah', 'run', ...environment, name, '--', ...(Entrypoint ?? []), ...(Cmd ?? [])],
      cleanUp: ['buildah', 'rm', name],
    };
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const lines = (stderr || message).trim().split('\n').slice(-50);
    throw new Failure(
      'modelProgramEnded',
      { program: `buildah from ${image}`, how: 'failed', output: lines.join('\n') },
      { cause: error },
    );
  }
}

/** Of `buildah inspect`: the image's own configuration (OCI image specification, config). */
interface BuildahContainer {
  OCIv1: { config: { Entrypoint?: string[]; Cmd?: string[] } };
}
