/** Settings of the workspace that can be changed over HTTP. */
export type Switches = {
  /** Whether Slack's rate limits apply. */
  rateLimits: boolean;
  /** Whether a second chat.postMessage with the same client_msg_id returns the first message. */
  clientMsgIdDedupe: boolean;
  /** How usergroups.* answer: normally, as on a free plan, or as unknown methods. */
  userGroups: 'available' | 'plan_upgrade_required' | 'unknown_method';
  /** Whether users.info and similar methods leave out nearly all fields. */
  sparseUsers: boolean;
  /** Whether each envelope goes to every Socket Mode connection, instead of one of them. */
  everyConnection: boolean;
  /** Whether the app has a Home tab. */
  homeTab: boolean;
  /** Milliseconds by which every Web API call is delayed. */
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

/** Sets one switch. Returns an error message for a wrong name or value, else undefined. */
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
