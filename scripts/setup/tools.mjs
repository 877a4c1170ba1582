import { chmodSync, existsSync, mkdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { hasApt, libraryFolders, unpack } from './debian.mjs';
import { root, run, SetupError, say, step } from './progress.mjs';

/** What set-up brings; whoever needs one looks on the PATH, then here, by the names `redis-server` and `chromium`. */
const bin = join(root, '.cache', 'bin');
const own = name => join(bin, name);

export const redis = {
  installed: () => onPath('redis-server') !== undefined || existsSync(own('redis-server')),
  install() {
    if (hasApt()) {
      step('unpacking Redis into .cache', () => {
        fromDebian('redis', ['redis-server', 'redis-tools'], 'usr/bin/redis-server', 'redis-server', wantRedis);
      });
    } else if (onPath('brew')) {
      step('installing Redis (brew install redis)', () => {
        run('brew', ['install', '--quiet', 'redis']);
        link(join(run('brew', ['--prefix', 'redis']).trim(), 'bin', 'redis-server'), 'redis-server');
      });
    } else {
      throw new SetupError(wantRedis('there is no redis-server, and neither apt nor Homebrew to get one'));
    }
  },
};

const wantRedis = why =>
  `Redis is missing: ${why}. Install Redis 6.2 or newer so that redis-server is on the PATH, or set REDIS_URL to a running one.`;

const BROWSERS = [
  'chromium-browser',
  'google-chrome-stable',
  'google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const givenUp = join(root, '.cache', 'no-chromium');
const TRY_AGAIN_MS = 24 * 3_600_000;

/** Without it the tests of the page are skipped, and say so. */
export const chromium = {
  installedOrGivenUp: () =>
    onPath('chromium') !== undefined ||
    existsSync(own('chromium')) ||
    (existsSync(givenUp) && Date.now() - statSync(givenUp).mtimeMs < TRY_AGAIN_MS),
  install() {
    const there = BROWSERS.map(name => (existsSync(name) ? name : onPath(name))).find(path => path && starts(path));
    if (there) return link(there, 'chromium');
    try {
      step('unpacking Chromium into .cache (for the tests of the page)', () => {
        if (hasApt() && debianHasChromium()) {
          const packages = ['chromium', 'chromium-common', 'fontconfig-config', 'fonts-dejavu-core'];
          fromDebian('chromium', packages, 'usr/lib/chromium/chromium', 'chromium', why => why);
        } else {
          fromPlaywright();
        }
      });
    } catch (error) {
      const why = error.message.split('\n').slice(-3).join(' ');
      writeFileSync(givenUp, `${why}\n`);
      say(`no Chromium, so the tests of the page will be skipped: ${why}`);
    }
  },
};

/** Unpacks packages into `.cache/NAME` and leaves a wrapper that finds their libraries, wherever the checkout is moved to. */
function fromDebian(name, packages, program, command, explain) {
  const folder = join(root, '.cache', name);
  try {
    unpack(packages, folder);
    if (!existsSync(join(folder, program))) throw new Error(`the distribution's package has no ${program}`);
  } catch (error) {
    throw new SetupError(explain(`apt could not bring it (${error.message.split('\n').slice(-2).join(' ')})`));
  }
  const libraries = libraryFolders(folder).map(path => `$root/${path}`);
  mkdirSync(bin, { recursive: true });
  const lines = [
    '#!/bin/sh',
    `root=$(cd "$(dirname "$0")/../${name}" && pwd)`,
    ...(libraries.length > 0
      ? [`export LD_LIBRARY_PATH="${libraries.join(':')}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`]
      : []),
    ...(existsSync(join(folder, 'etc/fonts')) && !existsSync('/etc/fonts/fonts.conf') ? fonts(folder) : []),
    `exec "$root/${program}" "$@"`,
  ];
  place(command, file => writeFileSync(file, `${lines.join('\n')}\n`));
  chmodSync(own(command), 0o755);
  if (!starts(own(command))) {
    rmSync(own(command));
    throw new SetupError(explain(`the unpacked ${command} does not start`));
  }
}

/** A machine without fonts has no settings for them either. */
function fonts(folder) {
  const settings =
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir prefix="relative">usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir prefix="relative">cache</cachedir></fontconfig>';
  writeFileSync(join(folder, 'fonts.conf'), settings);
  return ['export FONTCONFIG_FILE="$root/fonts.conf"'];
}

/** Ubuntu's package of that name only points at a snap. */
function debianHasChromium() {
  return !/^ID=ubuntu$/m.test(run('cat', ['/etc/os-release']));
}

function fromPlaywright() {
  const folder = join(root, '.cache', 'chromium');
  const env = { ...process.env, PLAYWRIGHT_BROWSERS_PATH: folder };
  const playwright = join(root, 'node_modules', 'playwright-core', 'cli.js');
  run(process.execPath, [playwright, 'install', 'chromium'], { env });
  const paths = run(
    process.execPath,
    ['-p', `require(${JSON.stringify(join(root, 'node_modules/playwright-core'))}).chromium.executablePath()`],
    { env },
  );
  const program = paths.trim();
  if (!starts(program))
    throw new SetupError('the downloaded Chromium does not start; libraries of the system are missing');
  link(program, 'chromium');
}

function link(target, name) {
  place(name, file => symlinkSync(target, file));
}

function place(name, make) {
  mkdirSync(bin, { recursive: true });
  rmSync(own(name), { force: true });
  make(own(name));
}

function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map(folder => join(folder, name)).find(path => existsSync(path));
}

function starts(program) {
  try {
    run(program, ['--version'], { timeout: 20_000 });
    return true;
  } catch {
    return false;
  }
}
