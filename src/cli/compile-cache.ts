/**
 * Keeps compiled code between runs, so that programs start faster and smaller. Node's default folder lies in the shared temporary folder,
 * where another user of the machine could plant code that would then run as us: this one is the user's own.
 */
import { lstatSync, mkdirSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Turns the cache on, unless `NODE_COMPILE_CACHE` did so already or there is no folder that only this user can write to. */
export function useCompileCache(env: NodeJS.ProcessEnv = process.env): void {
  if (env.NODE_COMPILE_CACHE) return;
  const folder = ownFolder(join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gke-auth', 'compile'));
  if (folder) enableCompileCache(folder);
}

/** The folder, made with mode 0700 where it is missing. Undefined where another user owns it or may write to it. */
export function ownFolder(path: string): string | undefined {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const stats = lstatSync(path);
    const own = process.getuid === undefined || stats.uid === process.getuid();
    return stats.isDirectory() && own && (stats.mode & 0o077) === 0 ? path : undefined;
  } catch {
    return undefined;
  }
}
