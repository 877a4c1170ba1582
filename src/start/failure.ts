import type { Text } from '../contracts/text.ts';

/** Why npm start can't go on, and what to do, for the person who typed it. */
export class StartError extends Error {
  readonly text: Text;
  constructor(text: Text, cause?: unknown) {
    super(text.en, { cause });
    this.name = 'StartError';
    this.text = text;
  }
}
