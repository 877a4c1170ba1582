import { isSafeUrl } from '../text/mrkdwn.js';
import { renderTextObject } from '../text/render.js';
import { el } from '../ui/dom.js';

const urlOf = ({ image_url: url, slack_file: file }) => url ?? file?.url;

/** Where an image may come from: the web, this server, or the data itself. */
const isImageUrl = url =>
  typeof url === 'string' &&
  (isSafeUrl(url) || /^\/(?!\/)/.test(url) || /^data:image\/(?:png|jpeg|gif|webp);/.test(url));

/** An `<img>` that shows its alt text in a box where the picture can't be had. */
export function picture(url, alt, className) {
  const missing = () => el('span', { class: ['image-missing', className], role: 'img', 'aria-label': alt, text: alt });
  if (!isImageUrl(url)) return missing();
  return el('img', {
    class: className,
    src: url,
    alt,
    loading: 'lazy',
    referrerpolicy: 'no-referrer',
    on: { error: event => event.target.replaceWith(missing()) },
  });
}

/** An image element in a context or beside a section. */
export const imageElement = (element, className) => picture(urlOf(element), element.alt_text, className);

/** `image`: a picture with its title. */
export const image = (block, { world }) =>
  el(
    'figure',
    { class: 'block-image' },
    block.title && el('figcaption', {}, renderTextObject(block.title, world)),
    picture(urlOf(block), block.alt_text, 'image'),
  );

/** `video`: nothing plays here; its thumbnail links to where it can be seen. */
export const video = (block, { world }) =>
  el(
    'figure',
    { class: 'block-image' },
    el(
      'figcaption',
      {},
      isSafeUrl(block.title_url ?? '')
        ? el(
            'a',
            { href: block.title_url, target: '_blank', rel: 'noopener noreferrer' },
            renderTextObject(block.title, world),
          )
        : renderTextObject(block.title, world),
    ),
    picture(block.thumbnail_url, block.alt_text, 'image'),
  );
