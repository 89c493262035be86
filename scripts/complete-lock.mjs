// Writes the entries that package-lock.json misses into it. Run by `npm run lock:complete` after an install.
//
// A package with native parts names one optional package for each platform. From a registry that does not serve them
// all, `npm install` leaves the missing ones out of the lock file, and `npm ci` then refuses the lock as out of step
// with package.json. Each one is named with an exact version, and its name says its platform, which is all that npm
// needs to skip it elsewhere; where it is wanted, npm looks it up by that version.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;

const systems = 'aix android darwin freebsd linux netbsd openbsd openharmony sunos win32'.split(' ');
const processors = 'arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x x64'.split(' ');

/** `@swc/core-linux-x64-musl` → `{ os: ['linux'], cpu: ['x64'], libc: ['musl'] }`, undefined when it names no platform. */
function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.filter((word) => systems.includes(word));
  const cpu = words.filter((word) => processors.includes(word));
  if (os.length !== 1 || cpu.length !== 1) return undefined;
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu') || word === 'glibc')
      ? ['glibc']
      : undefined;
  return { os, cpu, ...(libc && os[0] === 'linux' ? { libc } : {}) };
}

let added = 0;
for (const [at, parent] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (packages[`${at}/node_modules/${name}`] ?? packages[`node_modules/${name}`]) continue;
    const platform = platformOf(name);
    if (!platform || !/^\d/.test(version)) {
      console.error(`${name}@${version}, an optional part of ${at}, names no platform or no exact version: left out`);
      process.exitCode = 1;
      continue;
    }
    const { dev, devOptional, peer, license } = parent;
    const { cpu, libc, os } = platform;
    const entry = { version, cpu, dev, devOptional, libc, license, optional: true, os, peer };
    packages[`node_modules/${name}`] = JSON.parse(JSON.stringify(entry));
    console.log(`added ${name}@${version}`);
    added++;
  }
}

if (added > 0) {
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(file, JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2) + '\n');
}
console.log(`${added} added`);
