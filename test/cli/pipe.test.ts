/** `gke-auth … | head`: whoever reads may stop before the end. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const ENTRY = join(import.meta.dirname, '../../bin/gke-auth.ts');

test.each(['--help', 'checks'])('%s, of which nothing is read', async verb => {
  // The reader is gone before the program writes; the shell tells the program's exit code.
  const script = `set -o pipefail; (sleep 0.1; exec "$0" "$1" ${verb}) | true`;
  const { stderr } = await promisify(execFile)('bash', ['-c', script, process.execPath, ENTRY]);
  expect(stderr).toBe('');
});
