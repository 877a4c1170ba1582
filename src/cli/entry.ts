/** Starts the terminal. The overview loads next to nothing; the rest is loaded when a verb needs it. */
import { useCompileCache } from './compile-cache.ts';

useCompileCache();

// Libraries' warnings to developers (a metadata server that isn't there …) are nothing that a user can act on.
process.removeAllListeners('warning');

// Who reads may have enough before the end (`| head`): the rest is for nobody, and how it ends is said by the exit code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const args = process.argv.slice(2);
const asksHelp = args.length === 0 || (args.length === 1 && /^(--help|-h|help)$/.test(args[0] ?? ''));

if (asksHelp) {
  const { overview } = await import('./verbs/help.ts');
  process.stdout.write(overview('en'));
} else {
  const { run } = await import('./main.ts');
  process.exitCode = await run(args);
}
