import type { Text } from '../contracts/text.ts';

import { UserFacingError } from '../contracts/user-facing-error.ts';

/** Why npm start can't go on. */
export class StartError extends UserFacingError {
  constructor(text: Text, cause?: unknown) {
    super({ code: 'start-failed', text, next: SEE_LOGS }, { cause });
  }
}

const SEE_LOGS: Text = {
  en: 'The logs of the processes are in .data/log; npm start -- --verbose prints them.',
  ja: '各プロセスのログは .data/log にあります。npm start -- --verbose で画面にも表示します。',
};
