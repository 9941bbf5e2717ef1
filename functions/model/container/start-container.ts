import { randomUUID } from 'node:crypto';
import { Failure } from '../../core/errors.ts';
import type { BuiltImage } from '../package/built-image.ts';
import type { ContainerSettings } from '../package/container-settings.ts';
import { findEngine, imageProgram } from './container-engine.ts';
import { freePort } from './free-port.ts';
import type { RunningContainer } from './running-container.ts';
import { type Program, superviseProgram } from './supervise-program.ts';
import { usualStartSeconds } from './wait-for-ping.ts';

/** What of a package says how its program runs. */
export interface ContainerPackage {
  identity: { name: string };
  description: { settings: { container?: ContainerSettings | undefined } };
  /** Absent for a zip. */
  folder?: string;
  built?: BuiltImage;
}

/**
 * Starts what the package says that runs its model, once for all workers; undefined for ONNX weights. Throws
 * `modelProgramEnded` with its last lines, `modelBroken` where it is not ready in time, `modelEngineMissing`,
 * `modelNotBuilt`, and `modelUnsupported` for a command in a zip.
 */
export async function startContainer(model: ContainerPackage): Promise<RunningContainer | undefined> {
  const settings = model.description.settings.container;
  if (settings === undefined) return undefined;
  if (settings.url !== undefined)
    return { url: settings.url, explain: (error) => error, [Symbol.asyncDispose]: async () => {} };
  const port = await freePort();
  return superviseProgram(await programOf(model, port), {
    url: `http://127.0.0.1:${port}`,
    seconds: settings.startSeconds ?? usualStartSeconds,
  });
}

async function programOf({ identity, description, folder, built }: ContainerPackage, port: number): Promise<Program> {
  const { command, image = built?.image, memoryGb, gpu } = description.settings.container!;
  if (command !== undefined) {
    // Who opens a package that came from elsewhere is not to start its programs by that.
    if (folder === undefined)
      throw new Failure('modelUnsupported', {
        detail: 'config.labdeploy.container.command: a program of a zip is not started; unpack it and name the folder',
      });
    return { command, folder, environment: { PORT: String(port) } };
  }
  if (image === undefined) throw new Failure('modelNotBuilt', { model: identity.name });
  const engine = await findEngine(built?.engine);
  if (engine === undefined) throw new Failure('modelEngineMissing', { image });
  const limits = { ...(memoryGb !== undefined && { memoryGb }), ...(gpu !== undefined && { gpu }) };
  return imageProgram(engine, image, { port, name: `labdeploy-${randomUUID()}`, ...limits });
}
