/** Redis keys of approvals and of the audit log. One hash tag, so that scripts may touch several of them in a cluster. */
const key = (name: string) => `{gke-auth}:${name}`;

export const keys = {
  /** Signed events, one a line; all that is known of an approval. */
  events: (id: string) => key(`approval:${id}:signed-events`),
  lease: (id: string) => key(`approval:${id}:lease`),
  cards: (id: string) => key(`approval:${id}:cards`),
  opened: (digest: string) => key(`opened:${digest}`),
  history: (cluster?: string) => key(cluster === undefined ? 'history' : `history:${cluster}`),
  /** Sorted sets of approval ids by time (ms). */
  index: {
    expiry: key('index:expiry'),
    reminders: key('index:reminders'),
    work: key('index:work'),
    ends: key('index:ends'),
    unrecorded: key('index:unrecorded'),
    staleCards: key('index:stale-cards'),
  },
  audit: { log: key('audit:signed-log'), head: key('audit:signed-head'), recorded: key('audit:signed-recorded') },
  /** Which key each role signs with (hash). Not trusted: it tells a wrong key at start. */
  signingKeys: key('signing-keys'),
} as const;
