#!/usr/bin/env node
/** The terminal face. Help loads next to nothing; everything else is loaded when it is needed. */
const args = process.argv.slice(2);
const asksHelp = args.length === 0 || (args.length === 1 && /^(--help|-h|help)$/.test(args[0] ?? ''));

if (asksHelp) {
  const { overview } = await import('./terminal/help.ts');
  process.stdout.write(overview('en'));
} else {
  const { run } = await import('./terminal/main.ts');
  process.exitCode = await run(args);
}
