/** The atomic scripts; each file's head is its contract. */
import { Script } from './redis.ts';

const script = (name: string) => new Script(new URL(`lua/${name}.lua`, import.meta.url));

export const scripts = {
  open: script('open'),
  appendEvent: script('append-event'),
  renew: script('renew'),
  caughtUp: script('caught-up'),
  append: script('append'),
  fenced: script('fenced'),
  delivered: script('delivered'),
  reserve: script('reserve'),
  outstanding: script('outstanding'),
} as const;
