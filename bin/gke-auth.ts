#!/usr/bin/env node
/** The terminal face. Help loads next to nothing; everything else is loaded when it is needed, compiled once. */
import { enableCompileCache } from 'node:module';

enableCompileCache();

// Libraries' warnings to developers (a metadata server that isn't there …) are nothing that a user can act on.
process.removeAllListeners('warning');

const args = process.argv.slice(2);
const asksHelp = args.length === 0 || (args.length === 1 && /^(--help|-h|help)$/.test(args[0] ?? ''));

if (asksHelp) {
  const { overview } = await import('./terminal/help.ts');
  process.stdout.write(overview('en'));
} else {
  const { run } = await import('./terminal/main.ts');
  process.exitCode = await run(args);
}
