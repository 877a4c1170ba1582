import { isSafeUrl } from '../text/mrkdwn.js';
import { renderTextObject } from '../text/render.js';
import { el } from '../ui/dom.js';

const urlOf = ({ image_url: url, slack_file: file }) => url ?? file?.url;

/** Allowed sources of images: the web, this server, and data URLs. */
const isImageUrl = url =>
  typeof url === 'string' &&
  (isSafeUrl(url) || /^\/(?!\/)/.test(url) || /^data:image\/(?:png|jpeg|gif|webp);/.test(url));

/** An `<img>` that is replaced by a box with its alt text where the image can't be loaded. */
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

/** `video`: the thumbnail links to the video, which is not played here. */
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
