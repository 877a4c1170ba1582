/** `gke-auth doctor`: what the seeds have users do by hand, done on their own machine and printed. */
import { styleText } from 'node:util';
import { loadConfig } from '../../config/config.ts';
import type { Language, Text } from '../../contracts/text.ts';
import type { Command } from '../../grammar/parse.ts';
import { type Examined, examine } from '../doctor/doctor.ts';
import type { Outcome, Step } from '../doctor/step.ts';
import { EXIT } from '../failure.ts';
import { beside, plain, width, wrap } from '../output/layout.ts';
import { projectsOf } from './diagnose.ts';

type DoctorCommand = Extract<Command, { verb: 'doctor' }>;

export async function runDoctor({ cluster, projects, format }: DoctorCommand, language: Language): Promise<number> {
  const examined = await examine(process.env, cluster, projectsOf(projects, loadConfig()), Date.now());
  const text = { json: asJson, markdown: asMarkdown, text: asText }[format ?? 'text'];
  process.stdout.write(text(examined, language));
  return examined.steps.some(({ status }) => status === 'fail') ? EXIT.fails : EXIT.ok;
}

const SIGNS: Readonly<
  Record<Outcome, { readonly sign: string; readonly style: 'green' | 'yellow' | 'red' | 'dim'; readonly word: Text }>
> = {
  pass: { sign: '✓', style: 'green', word: { en: 'pass', ja: '正常' } },
  warn: { sign: '!', style: 'yellow', word: { en: 'warn', ja: '警告' } },
  fail: { sign: '✗', style: 'red', word: { en: 'fail', ja: '失敗' } },
  skip: { sign: '-', style: 'dim', word: { en: 'skipped', ja: '省略' } },
};

const TITLE: Text = { en: 'gke-auth doctor', ja: 'gke-auth doctor' };
const FURTHER: Text = {
  en: 'Nothing here helps? Cloud Customer Care, Stack Overflow (google-kubernetes-engine), or #kubernetes-engine of the community.',
  ja: '解決しない場合: Cloud カスタマーケア、Stack Overflow（google-kubernetes-engine）、コミュニティの #kubernetes-engine。',
};

function asJson({ cluster, steps }: Examined, language: Language): string {
  const told = steps.map(({ step, status, headline, detail, next }) => ({
    step,
    status,
    headline: headline[language],
    ...(detail ? { detail: detail[language] } : {}),
    next: [...(next ?? [])],
  }));
  return `${JSON.stringify({ schema: 'gke-auth/doctor/v1', cluster, steps: told }, null, 2)}\n`;
}

function asText({ cluster, steps }: Examined, language: Language): string {
  const columns = process.stdout.columns ?? 100;
  const lines = steps.flatMap(step => stepLines(step, language, columns));
  const bad = steps.some(({ status }) => status === 'fail');
  const title = styleText('bold', `${TITLE[language]} · ${plain(cluster)}`, { stream: process.stdout });
  return `${[title, '', ...lines, ...(bad ? ['', ...wrap(FURTHER[language], columns)] : [])].join('\n')}\n`;
}

function stepLines({ step, status, headline, detail, next }: Step, language: Language, columns: number): string[] {
  const { sign, style } = SIGNS[status];
  const name = `${sign} ${step}`;
  const [first = '', ...rest] = beside(name, width(name) + 3, plain(headline[language]), columns);
  const head = styleText(style, name, { stream: process.stdout }) + first.slice(name.length);
  const quiet = status === 'skip';
  return [
    head,
    ...rest,
    ...(detail && !quiet ? wrap(plain(detail[language]), columns - 4).map(line => `    ${line}`) : []),
    ...(next ?? []).map(command => `    $ ${plain(command)}`),
  ];
}

function asMarkdown({ cluster, steps }: Examined, language: Language): string {
  const lines = steps.flatMap(({ step, status, headline, next }) => [
    `- **${step}** (${SIGNS[status].word[language]}): ${plain(headline[language]).replace(/[\\`*_[\]<>#|~]/g, char => `\\${char}`)}`,
    ...(next ?? []).flatMap(command => ['', '  ```sh', `  ${plain(command)}`, '  ```', '']),
  ]);
  return `${[`# ${TITLE[language]}: ${plain(cluster).replaceAll('`', '')}`, '', ...lines].join('\n')}\n`;
}
