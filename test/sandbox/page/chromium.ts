import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

const cache = fileURLToPath(new URL('../../../.cache/', import.meta.url));
const names = ['chromium', 'chromium-browser', 'google-chrome', 'chrome', 'headless_shell', 'chrome-headless-shell'];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Executables of a browser's name below the project's cache. */
function cached(): string[] {
  try {
    const entries = readdirSync(cache, { recursive: true, withFileTypes: true });
    return entries.filter(one => one.isFile() && names.includes(one.name)).map(one => join(one.parentPath, one.name));
  } catch {
    return [];
  }
}

/** An installed Chromium: CHROMIUM_PATH, the system's, one on the PATH, one in the project's cache; undefined where there is none. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named && isExecutable(named)) return named;
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  const installed = folders.flatMap(folder => names.slice(0, 3).map(name => join(folder, name)));
  return installed.find(isExecutable) ?? cached().find(isExecutable);
}

/** Starts it without a window, and without the traffic that browsers make on their own. */
export function launchChromium(executablePath: string): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
  return chromium.launch({ executablePath, args, headless: true });
}
