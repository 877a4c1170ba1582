/** A picture as PNG, drawn with the fonts that lie beside this file, so that it looks the same wherever it is made. */
import { fileURLToPath } from 'node:url';

/** Pixels per unit: sharp on a phone, and still some tens of kilobytes. */
const SCALE = 1.5;

/** @throws where the text is no SVG. */
export async function toPng(svg: string): Promise<Buffer> {
  const { renderAsync } = await import('@resvg/resvg-js');
  const font = fileURLToPath(new URL('./fonts/noto-sans-jp-subset.otf', import.meta.url));
  const image = await renderAsync(svg, {
    fitTo: { mode: 'zoom', value: SCALE },
    font: { fontFiles: [font], loadSystemFonts: false, defaultFontFamily: 'Noto Sans CJK JP' },
  });
  return image.asPng();
}
