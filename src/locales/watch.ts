/** Words of a watched diagnosis. Arguments are escaped already. */
import type { Text } from '../contracts/text.ts';

export const watchText = {
  changed: (target: string): Text => ({
    en: `Findings changed in ${target}`,
    ja: `${target} の検出結果が変わりました`,
  }),
  appeared: { en: 'New', ja: '新しく検出' },
  different: { en: 'Changed', ja: '変化あり' },
  gone: { en: 'Resolved', ja: '解消' },
  stop: (command: string): Text => ({ en: `Stop watching: ${command}`, ja: `監視を停止するには: ${command}` }),
} as const;
