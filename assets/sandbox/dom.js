// Small helpers that build DOM nodes. Text only ever enters as text nodes, so no message can become markup.

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an element: h('button', {class: 'x', onclick: f, 'aria-label': '…'}, child, 'text'). */
export function h(tag, props, ...children) {
  const el = document.createElement(tag);
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) el.addEventListener(key.slice(2), value);
    else if (key === 'class') el.className = value;
    else if (key === 'data') Object.assign(el.dataset, value);
    else if (key in el && !key.includes('-') && typeof value !== 'string') el[key] = value;
    else if (key === 'value') el.value = value;
    else el.setAttribute(key, value === true ? '' : value);
  }
  add(el, children);
  return el;
}

/** Appends nodes, strings and nested arrays; empty values are skipped. */
export function add(el, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === '') continue;
    el.append(child instanceof Node ? child : String(child));
  }
  return el;
}

/** Replaces everything inside an element. */
export function fill(el, ...children) {
  el.replaceChildren();
  return add(el, children);
}

const PATHS = {
  hash: 'M6 2 4.5 14M11.5 2 10 14M2.5 5.5h11M2 10.5h11',
  thread: 'M2.5 3h11v7h-6L4 13v-3H2.5zM5 6.5h6',
  forum: 'M2.5 3h11M2.5 8h11M2.5 13h7',
  lock: 'M4 7.5h8V14H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  at: 'M10.5 8a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0c0 3 3 2.5 3 0A5.5 5.5 0 1 0 11 12.6',
  menu: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  people: 'M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5c0-3 2-4 4.5-4s4.5 1 4.5 4M11 3.2a2.3 2.3 0 0 1 0 4.6M12.5 9.8c1.4.5 2 1.8 2 3.7',
  tools: 'M8 4.5V8l2.5 1.5M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z',
  theme: 'M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  close: 'm3.5 3.5 9 9M12.5 3.5l-9 9',
  send: 'M2.5 8h10M8.5 3.5 13 8l-4.5 4.5',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  reply: 'M6.5 4 3 7.5 6.5 11M3 7.5h6a4 4 0 0 1 4 4v1',
  file: 'M4 2h5l3 3v9H4zM9 2v3h3',
  check: 'm3 8.5 3.5 3.5L13 4.5',
  down: 'M8 3v10M3.5 8.5 8 13l4.5-4.5',
  plus: 'M8 3v10M3 8h10',
  slash: 'M10.5 2.5l-5 11',
  spark: 'M8 2.5v3M8 10.5v3M2.5 8h3M10.5 8h3',
  out: 'M6.5 3.5h-3v9h9v-3M9 3h4v4M13 3 7.5 8.5',
};

/** A line icon; decorative, so hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name] ?? PATHS.hash);
  svg.append(path);
  return svg;
}

/** Text only a screen reader gets. */
export const sr = (text) => h('span', { class: 'sr' }, text);

/** A round button that shows an icon and says its name. */
export function iconButton(name, label, onclick, props = {}) {
  return h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, onclick, ...props }, icon(name));
}

/** Initials in a circle whose tint follows from the id, the same everywhere. */
export function avatar(name, id, bot) {
  const letters = (name.match(/\p{L}|\p{N}/gu) ?? ['?']).slice(0, 1).join('').toUpperCase();
  const tint = Number(BigInt(/^\d+$/.test(id) ? id : 0) % 7n);
  return h('span', { class: `avatar tint-${bot ? 'bot' : tint}`, 'aria-hidden': 'true' }, letters);
}

let counter = 0;
/** A fresh element id. */
export const freshId = (prefix) => `${prefix}-${(counter += 1)}`;

/** Says something to screen readers without moving the focus. */
export function say(text) {
  const live = document.getElementById('live');
  live.append(h('p', null, text));
  while (live.childElementCount > 5) live.firstElementChild.remove();
}

/** Puts focus back where it was when a surface closes, if that place still exists. */
export function returnFocus(element) {
  if (element?.isConnected) element.focus();
  else document.getElementById('composer-input')?.focus();
}
