/** npm start: what is configured is real, the rest is the sandbox. */
import { parseArgs } from 'node:util';
import { run } from './run.ts';
import { USAGE } from './screen.ts';

try {
  const { values } = parseArgs({
    options: {
      verbose: { type: 'boolean', default: false },
      scenario: { type: 'string', default: 'default' },
      'allow-approvals': { type: 'boolean', default: false },
      data: { type: 'string', default: '.data' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) process.stdout.write(USAGE);
  else process.exitCode = await run({ ...values, allowApprovals: values['allow-approvals'] });
} catch (error) {
  if (!(error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))) throw error;
  process.stderr.write(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
