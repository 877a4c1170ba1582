/** Redis keys of approvals and of the audit log. One hash tag, so that scripts may touch several of them in a cluster. */
const key = (name: string) => `{gke-auth}:${name}`;

export const keys = {
  approval: (id: string) => key(`approval:${id}`),
  events: (id: string) => key(`approval:${id}:events`),
  voters: (id: string) => key(`approval:${id}:voters`),
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
  audit: { log: key('audit:log'), head: key('audit:head'), recorded: key('audit:recorded') },
} as const;
