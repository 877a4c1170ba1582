/** What is lost without which permission, in words (docs/domain/nodes.md#node-sa-permissions). */
import { joinText, type Text } from '../../../../contracts/text.ts';

/** What nodes write. `profile`: what HPA's performance profile works with. */
export type Written = 'logs' | 'metrics' | 'profile';

/** What can't be written without these permissions, in this order. */
export function lostWithout(permissions: readonly string[]): Written[] {
  const lost = new Set(permissions.map(writtenWith));
  return (['logs', 'metrics', 'profile'] as const).filter(one => lost.has(one));
}

function writtenWith(permission: string): Written {
  if (permission.startsWith('logging.')) return 'logs';
  return permission.startsWith('monitoring.') ? 'metrics' : 'profile';
}

const PROFILE: Text = {
  en: 'the metrics of HPA’s performance profile',
  ja: 'HPA のパフォーマンス プロファイルの指標',
};

/** `logs and metrics`. The profile is named if it is all that is meant: beside the others it is the least. */
export function inWords(written: readonly Written[]): Text {
  const [logs, metrics] = (['logs', 'metrics'] as const).map(one => written.includes(one));
  if (logs && metrics) return { en: 'logs and metrics', ja: 'ログと指標' };
  if (logs) return { en: 'logs', ja: 'ログ' };
  return metrics ? { en: 'metrics', ja: '指標' } : PROFILE;
}

const EFFECTS: Readonly<Record<Written, Text>> = {
  logs: { en: "Logs of these nodes don't reach Cloud Logging.", ja: 'ノードのログが Cloud Logging に届きません。' },
  metrics: {
    en: "Metrics of these nodes don't reach Cloud Monitoring.",
    ja: 'ノードの指標が Cloud Monitoring に届きません。',
  },
  profile: {
    en: "HPA's performance profile gets no metrics from these nodes.",
    ja: 'HPA のパフォーマンス プロファイルに、ノードの指標が届きません。',
  },
};

export function effectOf(written: readonly Written[]): Text {
  return joinText(written.map(one => EFFECTS[one]));
}
