/** How this workspace differs from a well-equipped one; every key can be set over HTTP. */
export type Switches = {
  /** Whether Slack's rate limits hold. */
  rateLimits: boolean;
  /** Whether a second chat.postMessage with the same client_msg_id returns the first message. */
  clientMsgIdDedupe: boolean;
  /** What usergroups.* answer: normally, as on a free plan, or as a server that doesn't know them. */
  userGroups: 'available' | 'plan_upgrade_required' | 'unknown_method';
  /** Whether users.info and its like leave out nearly every field. */
  sparseUsers: boolean;
  /** Whether every Socket Mode connection gets every envelope, instead of one of them. */
  everyConnection: boolean;
  /** Whether the app has a Home tab. */
  homeTab: boolean;
  /** How long every Web API call takes, in milliseconds. */
  latencyMs: number;
};

export function defaultSwitches(latencyMs: number): Switches {
  return {
    rateLimits: true,
    clientMsgIdDedupe: false,
    userGroups: 'available',
    sparseUsers: false,
    everyConnection: false,
    homeTab: true,
    latencyMs,
  };
}

const choices: { [name: string]: readonly string[] } = {
  userGroups: ['available', 'plan_upgrade_required', 'unknown_method'],
};

/** Sets one switch; returns what is wrong with the name or the value, or undefined. */
export function setSwitch(switches: Switches, name: string, value: unknown): string | undefined {
  if (!Object.hasOwn(switches, name)) return `no switch ${name}; there are ${Object.keys(switches).join(', ')}`;
  const current: unknown = Object.entries(switches).find(([key]) => key === name)?.[1];
  const allowed = choices[name];
  if (typeof value !== typeof current || (allowed && !allowed.includes(String(value)))) {
    return `${name} takes ${allowed?.join(', ') ?? `a ${typeof current}`}`;
  }
  Object.assign(switches, { [name]: value });
  return undefined;
}
