// Where a person writes: plain text, names after @ and #, and the slash palette that turns into a command's form.
import * as api from './api.js';
import { h, fill, icon, iconButton } from './dom.js';
import { commandForm, search } from './palette.js';
import { plainText } from './message.js';
import { focusLast } from './timeline.js';
import { state, channel, guild, isForum, isThread, nameOf, emit, on, markdownContext } from './state.js';
import { t } from './texts.js';

const drafts = new Map();
let root;
let input;
let popup;
let status;
let found = [];
let active = 0;
let kind = null;
let shownFor = null;

/** Draws the composer for the current channel and person. */
export function drawComposer(into) {
  root = into;
  const here = channel();
  const had = root.contains(document.activeElement);
  closeList();
  shownFor = `${state.as}/${here?.id}`;
  if (!here || isForum(here) || here.type === 4) {
    fill(root);
    return;
  }
  const where = isThread(here) ? here.name : here.guild ? `#${here.name}` : `@${here.name}`;
  popup = h('ul', { id: 'palette', class: 'palette', role: 'listbox', 'aria-label': t('palette'), tabindex: '0', hidden: true, onfocus: () => input.focus() });
  status = h('span', { class: 'sr', role: 'status' });
  input = h('textarea', {
    id: 'composer-input', rows: '1', dir: 'auto', placeholder: innerWidth < 760 ? t('placeholderShort') : t('placeholder', { where }), 'aria-label': t('compose'), 'aria-autocomplete': 'list', 'aria-controls': 'palette', 'aria-describedby': 'send-hint',
    disabled: Boolean(here.locked && here.archived), maxLength: 2000, oninput: typed, onkeydown: keys, onblur: () => setTimeout(() => document.activeElement !== input && closeList(), 150), onclick: suggest,
  });
  input.value = drafts.get(shownFor) ?? '';
  fill(root, replyBar(), popup, status, h('div', { class: 'write' },
    iconButton('slash', t('commandsButton'), openPalette, { class: 'icon-button slash' }), input,
    iconButton('send', t('send'), send, { class: 'icon-button send' })), h('p', { class: 'sr', id: 'send-hint' }, t('sendHint')));
  grow();
  if (had) input.focus();
}

function replyBar() {
  const m = state.replyTo;
  if (!m || m.channel_id !== state.channelId) return null;
  return h('div', { class: 'reply-bar' }, icon('reply'), h('b', null, t('replying', { who: nameOf(m.author?.id, m.author) })), h('span', { class: 'clip quiet' }, plainText(m)),
    iconButton('close', t('cancelReply'), () => { state.replyTo = null; drawComposer(root); input?.focus(); }, { class: 'icon-button small' }));
}

function grow() {
  input.style.height = 'auto';
  input.style.height = `${Math.min(input.scrollHeight, 200)}px`;
}

function typed() {
  drafts.set(shownFor, input.value);
  grow();
  suggest();
}

function openPalette() {
  if (!input.value.startsWith('/')) input.value = '/';
  input.focus();
  typed();
}

/** Decides from the text before the caret whether commands or names are to be offered. */
function suggest() {
  const text = input.value;
  if (text.startsWith('/') && !text.includes('\n')) {
    kind = 'command';
    found = search(text.slice(1));
  } else {
    const word = /(?:^|\s)([@#])([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, input.selectionStart));
    if (!word || !guild()) {
      closeList();
      return;
    }
    kind = 'name';
    found = names(word[1]).filter((n) => n.shown.toLowerCase().startsWith(`${word[1]}${word[2]}`.toLowerCase())).slice(0, 12).map((n) => ({ ...n, typed: word[2].length + 1 }));
    if (!found.length) {
      closeList();
      return;
    }
  }
  active = 0;
  drawList();
}

function names(sign) {
  const g = guild();
  if (sign === '#') return g.channels.map((c) => ({ shown: `#${c.name}`, token: `<#${c.id}>`, description: '' }));
  const bot = state.world.bot.id;
  return [...g.members.map((m) => ({ shown: `@${nameOf(m.user_id)}`, token: `<@${m.user_id}>`, description: m.user_id === bot ? t('bot') : '' })),
    ...g.roles.filter((r) => r.id !== g.id).map((r) => ({ shown: `@${r.name}`, token: `<@&${r.id}>`, description: '' }))];
}

function drawList() {
  fill(popup, found.length ? found.map((entry, i) => h('li', { id: `palette-${i}`, role: 'option', 'aria-selected': String(i === active),
    onpointerdown: (event) => { event.preventDefault(); take(i); } },
  h('b', null, kind === 'command' ? `/${entry.shown}` : entry.shown), entry.description ? h('span', null, entry.description) : null))
    : h('li', { class: 'none', role: 'option', 'aria-selected': 'false', 'aria-disabled': 'true' }, t('paletteEmpty')),
  kind === 'command' && found.length ? h('li', { class: 'none hint', role: 'presentation', 'aria-hidden': 'true' }, t('paletteHint')) : null);
  popup.hidden = false;
  input.setAttribute('aria-activedescendant', found.length ? `palette-${active}` : '');
  status.textContent = kind === 'command' ? t('shown', { n: found.length }) : '';
  popup.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
}

function closeList() {
  if (!popup) return;
  popup.hidden = true;
  found = [];
  input?.removeAttribute('aria-activedescendant');
}

function keys(event) {
  if (!popup.hidden && found.length) {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      active = (active + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % found.length;
      drawList();
      event.preventDefault();
      return;
    }
    if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') {
      event.preventDefault();
      take(active);
      return;
    }
  }
  if (event.key === 'Escape') {
    if (!popup.hidden) closeList();
    else if (state.replyTo) {
      state.replyTo = null;
      drawComposer(root);
      input.focus();
    }
  } else if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  } else if (event.key === 'ArrowUp' && !input.value) {
    event.preventDefault();
    focusLast();
  }
}

function take(index) {
  const entry = found[index];
  if (kind === 'name') {
    const at = input.selectionStart;
    input.setRangeText(`${entry.shown} `, at - entry.typed, at, 'end');
    typed();
    return;
  }
  openForm(entry);
}

/** Turns the composer into a command's form. */
function openForm(entry) {
  closeList();
  input.value = '';
  drafts.delete(shownFor);
  const form = commandForm(entry, () => {
    drawComposer(root);
    if (!document.querySelector('dialog[open]')) input?.focus();
  });
  fill(root, form.element);
  form.focus();
}

/** Puts text at the caret. */
export function insert(text) {
  if (!input?.isConnected) return;
  const known = /^<@(\d+)> $/.exec(text);
  const shown = known && markdownContext.user(known[1]) ? `@${nameOf(known[1])} ` : text;
  input.focus();
  input.setRangeText(shown, input.selectionStart, input.selectionEnd, 'end');
  typed();
}

/** Names typed as @Anna or #fälle become the mentions Discord knows. */
function withMentions(text) {
  const g = guild();
  if (!g || !/[@#]/.test(text)) return text;
  const all = [...names('@'), ...names('#')].sort((a, b) => b.shown.length - a.shown.length);
  let out = '';
  for (let i = 0; i < text.length;) {
    const hit = /[@#]/.test(text[i]) && !/[\p{L}\p{N}<]/u.test(text[i - 1] ?? ' ')
      ? all.find((n) => text.startsWith(n.shown, i) && !/[\p{L}\p{N}_-]/u.test(text[i + n.shown.length] ?? ' ')) : null;
    out += hit ? hit.token : text[i];
    i += hit ? hit.shown.length : 1;
  }
  return out;
}

async function send() {
  const text = input.value.trim();
  if (!text) return;
  if (text.startsWith('/') && found.length) {
    take(active);
    return;
  }
  const target = channel();
  const reply = state.replyTo?.channel_id === target.id ? state.replyTo.id : undefined;
  const key = shownFor;
  input.readOnly = true;
  try {
    const m = await api.post(state.as, target.id, withMentions(text), reply);
    drafts.delete(key);
    if (shownFor === key) {
      input.value = '';
      state.replyTo = null;
      drawComposer(root);
      input.focus();
    }
    if (m?.id) emit('message', m);
  } catch (error) {
    emit('notice', error.message ? t('failedWhy', { why: error.message }) : t('notSent'), 'bad');
  } finally {
    input.readOnly = false;
  }
}

on('reply', (m) => {
  state.replyTo = m;
  drawComposer(root);
  input?.focus();
});
on('insert', insert);
