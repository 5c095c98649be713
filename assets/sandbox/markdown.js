// Discord's markdown as DOM nodes. Never touches innerHTML; unknown marks stay visible as typed.
import { h } from './dom.js';
import { time, timeFull } from './texts.js';

const INLINE = [
  ['escape', /^\\([\\*_~`|<>[\](){}#+\-.!@:/])/],
  ['code', /^(`+)(?!`)([\s\S]*?[^`])\1(?!`)/],
  ['user', /^<@!?(\d+)>/],
  ['role', /^<@&(\d+)>/],
  ['channel', /^<#(\d+)>/],
  ['command', /^<\/([^:>]+):(\d+)>/],
  ['time', /^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/],
  ['emoji', /^<a?:(\w+):(\d+)>/],
  ['everyone', /^@(everyone|here)\b/],
  ['mask', /^\[((?:[^\[\]\\]|\\.)+)\]\(<?(https?:\/\/[^\s)>]+)>?(?:\s+"[^"]*")?\)/],
  ['angle', /^<(https?:\/\/[^\s>]+)>/],
  ['link', /^https?:\/\/[^\s<>]+[^\s<>.,:;"')\]!?]/],
  ['spoiler', /^\|\|([\s\S]+?)\|\|/],
  ['bolditalic', /^\*\*\*(?=\S)([\s\S]+?\S|\S)\*\*\*(?!\*)/],
  ['strong', /^\*\*(?=\S)([\s\S]+?)\*\*(?!\*)/],
  ['under', /^__(?=\S)([\s\S]+?)__(?!_)/],
  ['em', /^\*(?=\S)((?:\*\*|[^*])+?)\*(?!\*)/],
  ['em', /^_(?=\S)([^_]+?)_(?![\p{L}\p{N}_])/u],
  ['strike', /^~~(?=\S)([\s\S]+?)~~/],
];

/**
 * Renders a text. `ctx` offers `user(id)`, `role(id)`, `channel(id)` → {name, …} or nothing, `goto(id)`, `link(url)`;
 * `plain` leaves out blocks (for one-line previews).
 */
export function render(text, ctx, plain = false) {
  const out = document.createDocumentFragment();
  if (plain) {
    out.append(...inline(text.replace(/\s+/g, ' '), ctx));
    return out;
  }
  const parts = text.split(/(```[\s\S]+?```)/);
  for (const part of parts) {
    const code = /^```(?:([\w+-]+)\n)?\n?([\s\S]*?)\n?```$/.exec(part);
    if (code && part.length > 6) out.append(h('pre', { tabindex: '0' }, h('code', { 'data-lang': code[1] ?? '' }, code[2])));
    else if (part) out.append(...blocks(part, ctx));
  }
  return out;
}

function blocks(text, ctx) {
  const out = [];
  const lines = text.split('\n');
  let run = [];
  const flush = () => {
    while (run.length && run.at(-1) === '' && out.length === 0 && run.length > 1) run.pop();
    if (run.some((line) => line !== '')) out.push(h('p', { dir: 'auto' }, inline(run.join('\n').replace(/^\n+|\n+$/g, ''), ctx)));
    run = [];
  };
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i];
    const head = /^(#{1,3})\s+(.+)$/.exec(line);
    const small = /^-#\s+(.+)$/.exec(line);
    if (head) {
      flush();
      out.push(h('p', { class: `md-h md-h${head[1].length}`, role: 'heading', 'aria-level': '2' }, inline(head[2], ctx)));
    } else if (small) {
      flush();
      out.push(h('p', { class: 'md-small' }, inline(small[1], ctx)));
    } else if (/^>>>\s/.test(line)) {
      flush();
      out.push(h('blockquote', null, blocks([line.slice(4), ...lines.slice(i + 1)].join('\n'), ctx)));
      break;
    } else if (/^>\s/.test(line)) {
      flush();
      const quote = [];
      while (i < lines.length && /^>\s/.test(lines[i])) quote.push(lines[i++].slice(2));
      i -= 1;
      out.push(h('blockquote', { dir: 'auto' }, blocks(quote.join('\n'), ctx)));
    } else if (/^\s*(?:[-*]|\d{1,4}\.)\s+\S/.test(line)) {
      flush();
      const items = [];
      while (i < lines.length && /^\s*(?:[-*]|\d{1,4}\.)\s+\S/.test(lines[i])) items.push(lines[i++]);
      i -= 1;
      out.push(list(items, ctx));
    } else if (line === '') {
      flush();
    } else {
      run.push(line);
    }
  }
  flush();
  return out;
}

function list(items, ctx) {
  const root = h('div');
  const stack = [];
  for (const item of items) {
    const [, lead, mark, body] = /^(\s*)([-*]|\d{1,4}\.)\s+(.*)$/.exec(item);
    const depth = Math.min(Math.floor(lead.length / 2), 4);
    const ordered = /\d/.test(mark);
    while (stack.length > depth + 1) stack.pop();
    if (stack.length === depth + 1 && (stack.at(-1).tagName === 'OL') !== ordered) stack.pop();
    if (stack.length <= depth) {
      const el = h(ordered ? 'ol' : 'ul', ordered ? { start: mark.slice(0, -1) } : null);
      (stack.at(-1)?.lastElementChild ?? root).append(el);
      stack.push(el);
    }
    stack.at(-1).append(h('li', { dir: 'auto' }, inline(body, ctx)));
  }
  return root.childElementCount === 1 ? root.firstElementChild : root;
}

function inline(text, ctx) {
  const out = [];
  let plain = '';
  const push = (node) => {
    if (plain) out.push(plain);
    plain = '';
    out.push(node);
  };
  let rest = text;
  let before = '';
  while (rest) {
    let hit = null;
    if (/[\\`<@[h|*_~]/.test(rest[0])) {
      for (const [kind, pattern] of INLINE) {
        // A bare underscore or address inside a word is no mark.
        if ((pattern.source.startsWith('^_(') || kind === 'link') && /[\p{L}\p{N}_]$/u.test(before)) continue;
        const match = pattern.exec(rest);
        if (match) {
          hit = [kind, match];
          break;
        }
      }
    }
    if (!hit) {
      const step = /^[^\\`<@[h|*_~]+/.exec(rest)?.[0] ?? rest[0];
      plain += step;
      before = step;
      rest = rest.slice(step.length);
      continue;
    }
    const [kind, match] = hit;
    if (kind === 'escape') plain += match[1];
    else push(node(kind, match, ctx));
    before = match[0];
    rest = rest.slice(match[0].length);
  }
  if (plain) out.push(plain);
  return out;
}

function node(kind, match, ctx) {
  switch (kind) {
    case 'code':
      return h('code', null, match[2].replace(/^ (.*) $/, '$1'));
    case 'user': {
      const user = ctx.user?.(match[1]);
      return h('span', { class: `mention${user?.me ? ' mention-me' : ''}` }, `@${user?.name ?? match[1]}`);
    }
    case 'role': {
      const role = ctx.role?.(match[1]);
      return h('span', { class: `mention${role?.mine ? ' mention-me' : ''}` }, `@${role?.name ?? match[1]}`);
    }
    case 'channel': {
      const channel = ctx.channel?.(match[1]);
      if (!channel) return h('span', { class: 'mention' }, '#…');
      return h('a', { class: 'mention', href: '#', onclick: (e) => { e.preventDefault(); ctx.goto?.(match[1]); } }, `#${channel.name}`);
    }
    case 'command':
      return h('span', { class: 'mention' }, `/${match[1]}`);
    case 'time':
      return timeNode(Number(match[1]), match[2] ?? 'f');
    case 'emoji':
      return h('span', null, `:${match[1]}:`);
    case 'everyone':
      return h('span', { class: 'mention' }, match[0]);
    case 'mask':
      return anchor(match[2], inline(match[1], ctx), ctx);
    case 'angle':
      return anchor(match[1], match[1], ctx);
    case 'link':
      return anchor(match[0], match[0], ctx);
    case 'spoiler': {
      const show = () => {
        el.classList.add('shown');
        el.removeAttribute('aria-label');
        el.removeAttribute('role');
      };
      const el = h('span', { class: 'spoiler', tabindex: '0', role: 'button', 'aria-label': 'Spoiler', onclick: show,
        onkeydown: (e) => { if (e.key === 'Enter' || e.key === ' ') show(); } }, h('span', null, inline(match[1], ctx)));
      return el;
    }
    case 'bolditalic':
      return h('strong', null, h('em', null, inline(match[1], ctx)));
    case 'strong':
      return h('strong', null, inline(match[1], ctx));
    case 'under':
      return h('u', null, inline(match[1], ctx));
    case 'em':
      return h('em', null, inline(match[1], ctx));
    default:
      return h('s', null, inline(match[1], ctx));
  }
}

/** A link. Links to messages or channels move inside the page; all others open apart and send no referrer. */
function anchor(url, label, ctx) {
  const inner = /^https?:\/\/(?:\w+\.)?discord(?:app)?\.com\/channels\/(?:\d+|@me)\/(\d+)(?:\/(\d+))?/.exec(url);
  if (inner && ctx.goto) {
    const text = label === url ? ctx.channel?.(inner[1]) ? `#${ctx.channel(inner[1]).name}` : url : label;
    return h('a', { href: '#', class: 'mention', title: url, onclick: (e) => { e.preventDefault(); ctx.goto(inner[1], inner[2]); } }, text);
  }
  return h('a', { href: url, target: '_blank', rel: 'noopener noreferrer', title: url }, label);
}

/** A time element; `data-unix` lets the page's clock refresh relative ones. */
export function timeNode(unix, style) {
  return h('time', { class: 'stamp', datetime: safeIso(unix), title: timeFull(unix), data: { unix: String(unix), style } }, time(unix, style));
}

function safeIso(unix) {
  const date = new Date(unix * 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** Brings all relative times under `root` up to the given moment. */
export function refreshTimes(root) {
  for (const el of root.querySelectorAll('time[data-style="R"]')) {
    const text = time(Number(el.dataset.unix), 'R');
    if (el.textContent !== text) el.textContent = text;
  }
}
