import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './progress.mjs';

/** Whether Debian's tools are here (Debian, Ubuntu and their kin). */
export const hasApt = () => existsSync('/usr/bin/apt-get') && existsSync('/usr/bin/dpkg');

const cache = join(root, '.cache', 'apt');
const lists = join(cache, 'lists');
const archives = join(cache, 'archives');

/**
 * Unpacks packages, and what they need that this machine lacks, into a folder: apt's own resolver and signatures, with lists and
 * downloads in the project's cache, so neither root nor a change to the system. Names that the distribution doesn't have fail.
 */
export function unpack(packages, folder) {
  for (const partial of [lists, archives]) mkdirSync(join(partial, 'partial'), { recursive: true });
  apt('update');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Reinstall: a package that is installed and yet not on the PATH is wanted all the same.
  apt('install', '--yes', '--no-install-recommends', '--reinstall', '--download-only', ...packages);
  for (const file of readdirSync(archives)) {
    // Another C library than the system's would not fit the system's loader.
    if (file.endsWith('.deb') && !/^libc(6|-)/.test(file)) run('dpkg', ['-x', join(archives, file), folder]);
  }
  rmSync(cache, { recursive: true, force: true });
}

function apt(...args) {
  const settings = [
    `Dir::State::Lists=${lists}`,
    `Dir::Cache=${cache}`,
    'Debug::NoLocking=1',
    // Root would otherwise download as a user that may not write here.
    'APT::Sandbox::User=',
    'Acquire::Retries=2',
    'Acquire::http::Timeout=20',
    'Acquire::https::Timeout=20',
  ];
  return run('apt-get', ['-q', ...settings.flatMap(setting => ['-o', setting]), ...args], {
    env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
  });
}

/** Folders with shared libraries in an unpacked tree, relative to it: those of the machine's kind and the ones right below. */
export function libraryFolders(folder) {
  const files = readdirSync(folder, { recursive: true }).map(String);
  const found = files.flatMap(
    path => /^((?:usr\/)?lib\/[^/]+-linux-[^/]+(?:\/[^/]+)?)\/[^/]+\.so[^/]*$/.exec(path)?.[1] ?? [],
  );
  return [...new Set(found)].sort();
}
