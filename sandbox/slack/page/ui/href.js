/** The address of a place in the page: a channel, its thread, `home`, or '' for the list of channels. */
export const hrefOf = (place, thread) => (thread ? `#/${place}/thread/${thread}` : `#/${place}`);
