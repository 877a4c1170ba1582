// DOM building. Data becomes text nodes and attribute values only, never HTML.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Builds an element. `class`, `text`, `on` (event → listener), `style` (property → value), `data` (dataset) are special;
 * for all other attributes `true` sets an empty attribute, and `false`, `null` and `undefined` leave it out.
 * Children: nodes, strings, nested arrays; empty values are skipped.
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  append(node, children);
  return node;
}

function setProp(node, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name === 'class') node.className = Array.isArray(value) ? value.filter(Boolean).join(' ') : value;
  else if (name === 'text') node.textContent = value;
  else if (name === 'on') for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  else if (name === 'style') for (const [key, v] of Object.entries(value)) node.style.setProperty(key, v);
  else if (name === 'data') setData(node, value);
  else node.setAttribute(name, value === true ? '' : String(value));
}

function setData(node, values) {
  for (const [key, value] of Object.entries(values)) if (value !== undefined) node.dataset[key] = value;
}

/** Appends nodes, strings and nested arrays of them; skips empty values. */
export function append(node, children) {
  for (const child of children.flat(Number.POSITIVE_INFINITY)) {
    if (child !== undefined && child !== null && child !== false && child !== '') node.append(child);
  }
  return node;
}

/** An outline icon from path data for 20 by 20 pixels. It is decoration, hidden from screen readers. */
export function svg(path, size = 20, pen = 1.5) {
  const node = document.createElementNS(SVG, 'svg');
  for (const [k, v] of Object.entries({
    viewBox: '0 0 20 20',
    width: size,
    height: size,
    fill: 'none',
    stroke: 'currentColor',
    'stroke-width': pen,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
    'aria-hidden': 'true',
  })) {
    node.setAttribute(k, v);
  }
  const line = document.createElementNS(SVG, 'path');
  line.setAttribute('d', path);
  node.append(line);
  return node;
}

/**
 * Updates the children of `container` to `items`. A node whose key and signature have not changed is kept, so that focus,
 * open menus and unfinished input survive updates elsewhere.
 */
export function reconcile(container, items) {
  const old = new Map([...container.children].map(node => [node.reconcileKey, node]));
  let before = container.firstElementChild;
  for (const { key, signature, build } of items) {
    let node = old.get(key);
    old.delete(key);
    if (!node || node.reconcileSignature !== signature) {
      const fresh = build(node);
      fresh.reconcileKey = key;
      fresh.reconcileSignature = signature;
      if (node) {
        if (before === node) before = fresh;
        node.replaceWith(fresh);
      }
      node = fresh;
    }
    if (node === before) before = before.nextElementSibling;
    else container.insertBefore(node, before);
  }
  for (const node of old.values()) node.remove();
}
