// DOM building. Data only ever becomes text nodes and attribute values: there is no way from here to HTML.

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Builds an element. `class`, `text`, `on` (event → listener), `style` (property → value), `data` (dataset) are special;
 * of everything else `true` sets an empty attribute, `false`, `null` and `undefined` leave it out.
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

/** A 20 by 20 outline icon from its path data; decoration only, hidden from screen readers. */
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
 * Brings `container`'s children in line with `items`, keeping each node whose key and signature did not change,
 * so that focus, open menus and half-typed input survive updates elsewhere.
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
