/** One step of what to do: a sentence, and the command at its end where there is one. */
export interface Step {
  readonly sentence: string;
  readonly command?: string;
}

const WITH_COMMAND = /^(.*?: )((?:gcloud|kubectl|curl|gke-auth|gke-gcloud-auth-plugin|sudo|exec) .*)$/s;

/** A step ends with its command, after a colon and a blank. */
export function partsOf(step: string): Step {
  const [, sentence = step, command] = WITH_COMMAND.exec(step) ?? [];
  return { sentence: sentence.trimEnd(), ...(command !== undefined && { command }) };
}
