/** `--picture FILE.svg|FILE.png`: the chain of the workload, drawn. */
import { writeFile } from 'node:fs/promises';
import type { Report } from '../../contracts/report.ts';
import type { Language, Text } from '../../contracts/text.ts';
import { chainPicture } from '../../diagnosis/picture/picture.ts';
import { toPng } from '../../diagnosis/picture/png.ts';

/** False where there is no picture, or no file: said on standard error, because the report stands for itself. */
export async function writePicture(file: string, report: Report, language: Language): Promise<boolean> {
  const picture = chainPicture(report, language);
  if (!picture) return refuse(NO_WORKLOAD, language);
  try {
    await writeFile(file, /\.png$/i.test(file) ? await toPng(picture.svg) : picture.svg);
    return true;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = {
      en: `The picture could not be written: ${reason}. Name another file.`,
      ja: `図を書き込めませんでした: ${reason}。別のファイルを指定してください。`,
    };
    return refuse(text, language);
  }
}

function refuse(text: Text, language: Language): false {
  process.stderr.write(`gke-auth: ${text[language]}\n`);
  return false;
}

const NO_WORKLOAD: Text = {
  en: 'There is no picture: the workload could not be read. The report says why.',
  ja: 'ワークロードを読み取れなかったため、図はありません。理由はレポートにあります。',
};
