/** Lists for one person: what waits for them, what was diagnosed and granted, the catalogue of checks. Pure. */
import type { KnownBlock } from '@slack/types';
import type { CatalogueEntry } from '../../contracts/catalogue.ts';
import type { Report, Summary } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { botText as words } from '../../locales/bot.ts';
import { reportText } from '../../locales/report.ts';
import type { ApprovalView } from './approval-view.ts';
import { context, divider, LIMITS, type Message, message, section } from './blocks.ts';
import { code, moment, person, prose } from './escape.ts';
import { headlineOf, list } from './finding.ts';
import { approvalBlocks, remedyLine, stateLine } from './remedy.ts';
import { textMessage } from './usage.ts';
import { SIGN } from './words.ts';

/** `link` leads to the card's thread. */
export interface Pending {
  readonly view: ApprovalView;
  readonly link?: string;
}

const PENDING_SHOWN = 10;

/** Only a link to a message, as `chat.getPermalink` gives it. */
function linkTo(url: string | undefined, language: Language): string {
  return url && /^https?:\/\/[^\s<>|]+$/.test(url) ? ` · <${url}|${words.openThread[language]}>` : '';
}

export function pendingBlocks(items: readonly Pending[], language: Language): KnownBlock[] {
  const blocks = items
    .slice(0, PENDING_SHOWN)
    .flatMap(({ view, link }): KnownBlock[] => [
      section(`*${prose(view.headline, 200)}*\n${code(view.project)} / ${code(view.cluster)}${linkTo(link, language)}`),
      ...approvalBlocks(view, language),
    ]);
  const more = items.length - PENDING_SHOWN;
  return more > 0 ? [...blocks, context(reportText.more(more)[language])] : blocks;
}

export function pendingMessage(items: readonly Pending[], language: Language): Message {
  if (items.length === 0) return textMessage(words.pendingNone[language]);
  const title = words.pendingSome(items.length)[language];
  return message(title, [section(`*${title}*`), ...pendingBlocks(items, language)]);
}

/** A past diagnosis, as the list keeps it. */
export interface PastReport {
  readonly id: string;
  readonly at: string;
  readonly project: string;
  readonly cluster: string;
  readonly askedBy: string;
  readonly summary: Summary;
  readonly link?: string;
}

const HISTORY_SHOWN = 15;

function pastLine(past: PastReport, language: Language): string {
  const { fail, warn, unknown } = past.summary;
  const counts = [
    ...(fail > 0 ? [`${SIGN.fail} ${fail}`] : []),
    ...(warn > 0 ? [`${SIGN.warn} ${warn}`] : []),
    ...(unknown > 0 ? [`${SIGN.unknown} ${unknown}`] : []),
  ];
  const verdict = counts.length > 0 ? counts.join(' ') : SIGN.pass;
  const where = `${code(past.project, 60)} / ${code(past.cluster, 60)}`;
  return `${verdict} ${where} · ${moment(past.at, 'date')} · ${person(past.askedBy)}${linkTo(past.link, language)}`;
}

/** `granted`: what was done or tried, newest first. */
export function historyMessage(
  { reports, granted, cluster }: { reports: readonly PastReport[]; granted: readonly ApprovalView[]; cluster?: string },
  language: Language,
): Message {
  if (reports.length === 0 && granted.length === 0) return textMessage(words.historyNone[language]);
  const title = cluster ? words.historyOf(prose(cluster, 100))[language] : words.historyTitle[language];
  const lines = reports.slice(0, HISTORY_SHOWN).map(past => pastLine(past, language));
  if (reports.length > HISTORY_SHOWN) lines.push(reportText.more(reports.length - HISTORY_SHOWN)[language]);
  const grants = granted
    .slice(0, HISTORY_SHOWN)
    .map(view => `${remedyLine(view.remedy, language)}\n${stateLine(view, language)}`);
  return message([title, ...lines.slice(0, 3)].join('\n'), [
    section([`*${title}*`, ...lines].join('\n')),
    ...(grants.length > 0
      ? [divider(), section(`*${words.grantsTitle[language]}*`), ...grants.map(line => section(line))]
      : []),
  ]);
}

export function checksMessage(catalogue: readonly CatalogueEntry[], language: Language): Message {
  if (catalogue.length === 0) return textMessage(words.checksGone[language]);
  const lines = catalogue.map(entry => `${code(entry.id)}  ${prose(entry.title[language], 120)}`);
  return message([words.checksTitle[language], words.checksMore[language]].join('\n'), [
    section(`*${words.checksTitle[language]}*`),
    ...inSections(lines),
    context(words.checksMore[language]),
  ]);
}

export function checkMessage(entry: CatalogueEntry, language: Language): Message {
  const docs = /^https:\/\/[^\s<>|]+$/.test(entry.docs)
    ? [`<${entry.docs}|${reportText.documentation[language]}>`]
    : [];
  const needs =
    entry.needs.length > 0 ? [`${words.needsPermissions[language]} ${list(entry.needs, 12, language)}`] : [];
  return message(`${entry.id}: ${prose(entry.title[language])}`, [
    section(`*${prose(entry.title[language])}*\n${code(entry.id)}\n\n${prose(entry.description[language], 2000)}`),
    ...(needs.length + docs.length > 0 ? [context(...needs, ...docs)] : []),
  ]);
}

/** Lines, spread over as many sections as they need. */
function inSections(lines: readonly string[]): KnownBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last !== undefined && last.length + line.length + 1 <= LIMITS.section)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map(text => section(text));
}

const RESULTS_SHOWN = 400;

/** Every finding of a report, passes too: the modal behind "All results". */
export function allResults(report: Report, language: Language): KnownBlock[] {
  const order = Object.keys(SIGN);
  const lines = report.findings
    .toSorted((a, b) => order.indexOf(a.status) - order.indexOf(b.status))
    .map(finding => `${SIGN[finding.status]} ${prose(headlineOf(finding), 160)}  ${code(finding.check)}`);
  const shown = lines.slice(0, RESULTS_SHOWN);
  if (lines.length > RESULTS_SHOWN) shown.push(reportText.more(lines.length - RESULTS_SHOWN)[language]);
  if (shown.length === 0) shown.push(reportText.nothingApplied(prose(report.target.cluster, 120))[language]);
  return inSections(shown).slice(0, LIMITS.viewBlocks - 5);
}
