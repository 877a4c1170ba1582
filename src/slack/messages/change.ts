/** What changed between two runs of a watched diagnosis. Pure. */
import { z } from 'zod';
import { type Finding, type Report, Status } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { reportText } from '../../locales/report.ts';
import { watchText as words } from '../../locales/watch.ts';
import { type Message, message, section } from './blocks.ts';
import { code, prose } from './escape.ts';
import { headlineOf } from './finding.ts';
import { SIGN } from './words.ts';

/** What a run leaves behind for the next one: every finding that is not fine, by check and subject. */
export const Digest = z.record(z.string(), z.object({ status: Status, headline: z.string(), title: z.string() }));
export type Digest = z.infer<typeof Digest>;

const keyOf = ({ check, subject }: Finding) => `${check} ${subject}`;

export function digestOf({ findings }: Pick<Report, 'findings'>): Digest {
  const notable = findings.filter(({ status }) => status === 'fail' || status === 'warn' || status === 'unknown');
  return Object.fromEntries(
    notable.map(one => [
      keyOf(one),
      { status: one.status, headline: headlineOf(one).slice(0, 300), title: one.title.slice(0, 300) },
    ]),
  );
}

export interface Changes {
  readonly appeared: readonly Digest[string][];
  /** Another status than the last time. */
  readonly changed: readonly (Digest[string] & { readonly was: Status })[];
  readonly gone: readonly Digest[string][];
}

/** Undefined where all is as it was; then nothing is posted. */
export function changesBetween(before: Digest, now: Digest): Changes | undefined {
  const appeared = Object.entries(now).flatMap(([key, one]) => (before[key] ? [] : [one]));
  const gone = Object.entries(before).flatMap(([key, one]) => (now[key] ? [] : [one]));
  const changed = Object.entries(now).flatMap(([key, one]) => {
    const was = before[key]?.status;
    return was && was !== one.status ? [{ ...one, was }] : [];
  });
  return appeared.length + gone.length + changed.length > 0 ? { appeared, changed, gone } : undefined;
}

const SHOWN = 10;

/** `target`: as the watch names it; `watch`: its id, to stop it. */
export function changesMessage(
  { target, watch, changes }: { target: string; watch: string; changes: Changes },
  language: Language,
): Message {
  const title = words.changed(prose(target, 120))[language];
  const part = (label: string, lines: readonly string[]) => {
    if (lines.length === 0) return [];
    const more = lines.length > SHOWN ? [reportText.more(lines.length - SHOWN)[language]] : [];
    return [[`*${label}*`, ...lines.slice(0, SHOWN), ...more].join('\n')];
  };
  const line = ({ status, headline }: Digest[string]) => `${SIGN[status]} ${prose(headline, 200)}`;
  const parts = [
    ...part(words.appeared[language], changes.appeared.map(line)),
    ...part(
      words.different[language],
      changes.changed.map(one => `${SIGN[one.was]} → ${line(one)}`),
    ),
    ...part(
      words.gone[language],
      changes.gone.map(({ title }) => `${SIGN.pass} ${prose(title, 200)}`),
    ),
  ];
  const stop = words.stop(code(`/gke-auth unwatch ${watch}`))[language];
  return message([title, ...parts].join('\n'), [
    section(`*${title}*`),
    ...parts.map(text => section(text)),
    section(stop),
  ]);
}
