/**
 * The base of every error that a person can meet: Slack, the terminal and JSON show the same three parts. An error of another
 * class is a bug of ours; it is logged whole and shown as an internal error.
 */
import type { Text } from './text.ts';

export interface UserFacingParts {
  /** Stable and searchable, in kebab-case. Programs read it in `gke-auth/error/v1`. */
  readonly code: string;
  /** What happened and why. */
  readonly text: Text;
  /** What to do about it. */
  readonly next: Text;
}

export abstract class UserFacingError extends Error implements UserFacingParts {
  readonly code: string;
  readonly text: Text;
  readonly next: Text;

  constructor({ code, text, next }: UserFacingParts, options?: ErrorOptions) {
    super(text.en, options);
    this.name = new.target.name;
    this.code = code;
    this.text = text;
    this.next = next;
  }
}
