import type { BuildStatus, Builds } from '../../functions/ports/builds.ts';

export interface PlayedBuilds extends Builds {
  /** What was started, in order: `source dockerfile`. */
  started: string[];
  /** Says how the build goes on; `image`: that its image is in the repository. */
  says(build: string, status: Partial<BuildStatus>, image?: string): void;
}

/** A builder of images whose builds go on as a test says. */
export function playedBuilds(): PlayedBuilds {
  const images = new Map<string, string>();
  const builds = new Map<string, { source: string; status: BuildStatus }>();
  const tokens = new Map<string | undefined, string>();
  const started: string[] = [];
  return {
    started,
    async find(source) {
      const image = images.get(source);
      return image === undefined ? undefined : { image };
    },
    async start(source, { dockerfile = 'Dockerfile', token } = {}) {
      const known = tokens.get(token);
      if (token !== undefined && known !== undefined) return known;
      started.push(`${source} ${dockerfile}`);
      const id = `lab-builds:${started.length}`;
      tokens.set(token, id);
      builds.set(id, { source, status: { state: 'running', phases: [], lines: [] } });
      return id;
    },
    async status(id) {
      return builds.get(id)!.status;
    },
    says(id, status, image) {
      const build = builds.get(id)!;
      build.status = { ...build.status, ...status };
      if (image !== undefined) images.set(build.source, image);
    },
  };
}
