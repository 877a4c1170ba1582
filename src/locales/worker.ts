/** Texts of jobs: progress, file titles, deadline. */
export const workerText = {
  readingAll: { en: 'Reading the clusters', ja: 'クラスタの一覧を読み取っています' },
  picture: { en: 'Workload Identity chain', ja: 'Workload Identity の経路図' },
  reading: { en: 'Reading the cluster', ja: 'クラスタを読み取っています' },
  readableAgain: { en: 'Readable again', ja: '再び読み取れるようになりました' },
  checking: { en: 'Checking', ja: 'チェックしています' },
  deadline: (ms: number) => ({
    code: 'deadline',
    text: {
      en: `The diagnosis took longer than ${Math.round(ms / 1000)} s and was stopped.`,
      ja: `${Math.round(ms / 1000)} 秒を超えたため、診断を中止しました。`,
    },
    next: {
      en: 'Google Cloud may be slow or unreachable. Run it again in a minute; /gke-auth status shows details.',
      ja: 'Google の応答が遅いか、応答がない可能性があります。1 分ほど待って再実行してください。状態は /gke-auth status で確認できます。',
    },
  }),
} as const;
