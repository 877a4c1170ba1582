/** Starts the bot with the compiled code of earlier starts: without it, stripping the types takes 30 MB that are never given back. */
import { useCompileCache } from '../compile-cache.ts';

useCompileCache();
await import('./main.ts');
