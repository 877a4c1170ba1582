// Menus and listboxes that open beside a button. They are browser popovers: Esc and a click elsewhere close them.

import { el } from './dom.js';

const GAP = 4;
const MARGIN = 8;

/**
 * Opens `content` beside `anchor`; returns a function that closes it. It is a child of the anchor's dialog, if any,
 * because elements outside an open modal dialog can't be used. Focus returns to the anchor.
 */
export function openPopover(anchor, content, { align = 'start', onClose } = {}) {
  const box = el('div', { class: 'popover', popover: 'auto' }, content);
  (anchor.closest('dialog') ?? document.body).append(box);
  anchor.setAttribute('aria-expanded', 'true');
  const place = () => position(box, anchor, align);
  // The browser fires this for its own closing too, so that all closing is handled here.
  box.addEventListener('toggle', event => {
    if (event.newState !== 'closed') return;
    window.removeEventListener('resize', place);
    observer.disconnect();
    const hadFocus = box.contains(document.activeElement) || document.activeElement === document.body;
    box.remove();
    anchor.setAttribute('aria-expanded', 'false');
    if (hadFocus) anchor.focus();
    onClose?.();
  });
  const observer = new ResizeObserver(place);
  box.showPopover();
  place();
  observer.observe(box);
  window.addEventListener('resize', place);
  return () => box.isConnected && box.hidePopover();
}

function position(box, anchor, align) {
  const from = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  box.style.minWidth = `${Math.min(from.width, window.innerWidth - 2 * MARGIN)}px`;
  const wanted = align === 'end' ? from.right - width : from.left;
  const left = Math.max(MARGIN, Math.min(wanted, window.innerWidth - width - MARGIN));
  const below = from.bottom + GAP;
  const above = from.top - GAP - height;
  const top = below + height > window.innerHeight - MARGIN && above > MARGIN ? above : below;
  box.style.left = `${left}px`;
  box.style.top = `${Math.max(MARGIN, Math.min(top, window.innerHeight - height - MARGIN))}px`;
}

/** Opens a menu of `{label, detail?, danger?, icon?, run}` entries; arrow keys move, Enter selects. */
export function openMenu(anchor, entries, { label, align, header } = {}) {
  const items = entries.map(entry =>
    el(
      'button',
      {
        type: 'button',
        class: ['menu-item', entry.danger && 'danger'],
        role: entry.checked === undefined ? 'menuitem' : 'menuitemradio',
        'aria-checked': entry.checked,
        tabindex: -1,
        data: { testid: entry.testid },
        on: {
          click: () => {
            close();
            entry.run();
          },
        },
      },
      entry.icon,
      el(
        'span',
        { class: 'menu-label' },
        el('span', {}, entry.label),
        entry.detail && el('span', { class: 'menu-detail' }, entry.detail),
      ),
      entry.after,
    ),
  );
  const menu = el(
    'div',
    { role: 'menu', 'aria-label': label, class: 'menu', on: { keydown: event => moveFocus(event, items) } },
    header,
    items,
  );
  const close = openPopover(anchor, menu, { align });
  (items.find(item => item.getAttribute('aria-checked') === 'true') ?? items[0])?.focus();
  return close;
}

/** Arrow keys, Home and End move the focus among `items`. */
export function moveFocus(event, items) {
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? items.length - 1 : at - 1, Home: 0, End: items.length - 1 }[
    event.key
  ];
  if (to === undefined || items.length === 0) return;
  event.preventDefault();
  items[(to + items.length) % items.length].focus();
}
