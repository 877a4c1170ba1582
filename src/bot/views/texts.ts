/** Modals to read: every finding of a report; a fix to copy. Pure. */
import type { KnownBlock, ModalView } from '@slack/types';
import type { Remedy, Report } from '../../contracts/report.ts';
import type { Language } from '../../contracts/text.ts';
import { approvalText, remedyName } from '../../locales/approval.ts';
import { modalText } from '../../locales/bot.ts';
import { context, LIMITS, preformatted, section } from '../../slack/messages/blocks.ts';
import { allResults } from '../../slack/messages/lists.ts';
import { remedyLine } from '../../slack/messages/remedy.ts';
import { modal } from './modal.ts';

export function resultsModal(report: Report, language: Language): ModalView {
  return modal({
    callback: 'results',
    title: modalText.resultsTitle[language],
    close: modalText.close[language],
    blocks: allResults(report, language),
  });
}

/** A long text as several blocks, none of it lost, cut at line ends where there are any. */
function copyable(text: string): KnownBlock[] {
  const blocks: KnownBlock[] = [];
  let rest = text;
  while (rest.length > LIMITS.preformatted) {
    const newline = rest.lastIndexOf('\n', LIMITS.preformatted);
    const end = newline > 0 ? newline : LIMITS.preformatted;
    blocks.push(preformatted(rest.slice(0, end)));
    rest = rest.slice(newline > 0 ? end + 1 : end);
  }
  return [...blocks, preformatted(rest)];
}

export function remedyModal(remedy: Remedy, language: Language): ModalView {
  const parts: readonly (readonly [string, string | undefined])[] = [
    ['gcloud', remedy.command],
    ['Terraform', remedy.terraform],
    ['YAML', remedy.manifest],
    [approvalText.undo[language], remedy.undo],
  ];
  return modal({
    callback: 'remedy_text',
    title: approvalText.remedyTitle[language],
    close: approvalText.done[language],
    blocks: [
      section(remedy.summary ? remedyLine(remedy, language) : remedyName[remedy.kind][language]),
      ...parts.flatMap(([name, text]) => (text ? [context(name), ...copyable(text)] : [])),
    ],
  });
}
