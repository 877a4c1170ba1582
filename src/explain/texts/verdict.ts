/** How an error and its proof are told together. Arguments come from outside or from a report, in its own language. */
import type { Text } from '../../contracts/text.ts';

const quote = (text: Text, found: Text): Text => ({
  en: `${text.en} ${withoutStop(found.en)}`,
  ja: `${text.ja}${withoutStop(found.ja)}`,
});
const withoutStop = (sentence: string) => sentence.replace(/[.。]$/, '');

export const verdictText = {
  sentence: (said: Text, found: Text): Text => ({
    en: `The error says: ${withoutStop(said.en)}; we found ${withoutStop(found.en)}.`,
    ja: `エラーの内容: ${withoutStop(said.ja)}。確認した結果: ${withoutStop(found.ja)}。`,
  }),
  andMore: (first: string, more: number): Text =>
    more === 0 ? { en: first, ja: first } : { en: `${first} (and ${more} more)`, ja: `${first}（ほか ${more} 件）` },
  same: (found: Text): Text => quote({ en: 'the same:', ja: 'エラーのとおりでした。' }, found),
  otherCause: (found: Text): Text => quote({ en: 'another cause:', ja: '原因は別にありました。' }, found),
  fineButOthers: (fine: string, found: Text): Text =>
    quote(
      {
        en: `that ${fine} is fine by now, but others are not:`,
        ja: `${fine} は今は正常ですが、ほかに問題があります。`,
      },
      found,
    ),
  namedIsFine: (fine: string): Text => ({
    en: `that ${fine} is fine by now: its check passes`,
    ja: `${fine} は今は正常です（検査に合格）`,
  }),
  warning: (found: string): Text =>
    quote({ en: 'no failure, but a warning:', ja: '失敗はなく、警告がありました。' }, { en: found, ja: found }),
  noProof: (found: string): Text =>
    quote({ en: 'no proof for or against it:', ja: '裏付けも否定もできませんでした。' }, { en: found, ja: found }),
  noCluster: (found: string, cluster: string): Text => ({
    en: `no such cluster: ${withoutStop(found)}. So nothing else could be checked; name the project and location that ${cluster} is in`,
    ja: `該当するクラスタがありません。${withoutStop(found)}。このため、ほかの検査は行えませんでした。${cluster} があるプロジェクトとロケーションを指定してください`,
  }),
  outside: {
    en: "nothing that fails in the cluster and its project. That fits: the cause lies outside them, and the error's own steps apply",
    ja: 'クラスタとプロジェクトには失敗がありません。原因はその外にあるため、エラーに対する手順をそのまま進めてください',
  },
  nothingToCheck: {
    en: 'nothing to check it by: none of its checks applies to this cluster',
    ja: 'このクラスタに当てはまる検査がなく、確認できませんでした',
  },
  fineHere: (checks: number): Text => ({
    en: `that it is not so here: ${checks === 1 ? 'the check passes' : `all ${checks} results are fine`}`,
    ja: `ここでは起きていません（検査 ${checks} 件すべて正常）`,
  }),
  fineByNow: (checks: number): Text => ({
    en: `that it is not so any more: ${checks === 1 ? 'the check passes' : `all ${checks} results are fine`}. The message is old and this was fixed meanwhile, or it is about another cluster or account`,
    ja: `今は起きていません（検査 ${checks} 件すべて正常）。エラーのあとで修正されたか、別のクラスタやアカウントのエラーです`,
  }),
  anotherProject: (said: string, cluster: string, project: string): Text => ({
    en: `The error names project ${said}, but ${cluster} is in ${project}: perhaps the wrong project was looked at.`,
    ja: `エラーが示すプロジェクトは ${said} ですが、${cluster} は ${project} にあります。別のプロジェクトを調べた可能性があります。`,
  }),
  anotherCluster: (said: string, cluster: string): Text => ({
    en: `The error names cluster ${said}; this is about ${cluster}.`,
    ja: `エラーが示すクラスタは ${said} ですが、この結果は ${cluster} のものです。`,
  }),
  anotherLocation: (said: string, cluster: string, location: string): Text => ({
    en: `The error names location ${said}, but ${cluster} is in ${location}.`,
    ja: `エラーが示すロケーションは ${said} ですが、${cluster} は ${location} にあります。`,
  }),
} as const;
