import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium } from 'playwright-core';

/** Where the set-up leaves one that it unpacked, or a link to the system's where that has another name. */
const unpacked = fileURLToPath(new URL('../../../.cache/bin', import.meta.url));

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** An installed Chromium: CHROMIUM_PATH, one on the PATH, the set-up's; undefined where there is none. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named && isExecutable(named)) return named;
  const folders = [...(process.env.PATH ?? '').split(delimiter), unpacked];
  return folders.map(folder => join(folder, 'chromium')).find(isExecutable);
}

/** Starts it without a window, and without the traffic that browsers make on their own. */
export function launchChromium(executablePath: string): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];
  return chromium.launch({ executablePath, args, headless: true });
}
