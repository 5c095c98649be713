// The messages of the open channel. Only a window of them stands in the document, so that long channels scroll smoothly.
import * as api from './api.js';
import { h, fill, icon, say } from './dom.js';
import { openMessageMenu } from './menu.js';
import { messageItem, pendingItem, plainText, isEphemeral } from './message.js';
import { state, channel, complain, isForum, isThread, nameOf, emit, on, recall, store } from './state.js';
import { t, dayOf, written } from './texts.js';

const PAGE = 100;
const WINDOW = 140;
const STEP = 50;

const list = h('ol', { class: 'messages' });
const top = h('div', { class: 'top' });
const jump = h('button', { type: 'button', class: 'jump', hidden: true, onclick: () => toEnd() }, icon('down'), h('span'));
const typingLine = h('p', { class: 'typing', 'aria-live': 'polite' });
const scroll = h('div', { id: 'scroll' }, top, list);
const typing = new Map();
const dismissed = new Set(recall('dismissed', []));

let all = [];
let from = 0;
let to = 0;
let older = false;
let loading = false;
let opened = null;
let unseen = 0;
let pending = [];

const order = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
const atEnd = () => to >= all.length && scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;

/** Puts the list into the stage once. */
export function mountTimeline(stage) {
  fill(stage, scroll, jump, typingLine);
  scroll.addEventListener('scroll', onScroll, { passive: true });
  list.addEventListener('keydown', onKey);
  list.addEventListener('load', (event) => {
    if (event.target.tagName === 'IMG' && stick) toEnd();
  }, true);
  new ResizeObserver(() => stick && toEnd()).observe(scroll);
}

let stick = true;

/** Counts questions for messages; only the newest matters. */
let turn = 0;
/** What came or went since then; the answer may lack it. */
let since = null;

/** Asks for messages; null where a later question took its place. */
async function ask(before) {
  const mine = (turn += 1);
  loading = true;
  since = [];
  try {
    const page = await api.messages(state.as, state.channelId, before, PAGE);
    if (turn !== mine) return null;
    const full = page.length === PAGE;
    for (const m of since) {
      const at = page.findIndex((x) => x.id === m.id);
      if (m.gone) at < 0 || page.splice(at, 1);
      else if (at < 0) page.push(m);
      else page[at] = { ...page[at], ...m };
    }
    return { full, page: page.filter((m) => !dismissed.has(m.id)).sort((a, b) => order(a.id, b.id)) };
  } catch (error) {
    if (turn === mine) throw error;
    return null;
  } finally {
    if (turn === mine) {
      loading = false;
      since = null;
    }
  }
}

/** Opens the current channel from its newest messages on; `target` is a message to show. */
export async function openTimeline(target) {
  const here = channel();
  const key = `${state.as}/${here?.id}`;
  const same = opened === key;
  opened = key;
  list.setAttribute('aria-label', t('messages'));
  if (!same) {
    all = [];
    from = to = 0;
    pending = [];
    unseen = 0;
    typing.clear();
    showTyping();
  }
  if (!here || isForum(here)) {
    turn += 1;
    loading = false;
    since = null;
    forum(here);
    return;
  }
  let fresh;
  try {
    fresh = await ask();
  } catch (error) {
    complain(error, t('dontSee', { who: nameOf(state.as) }));
  }
  if (!fresh) return;
  const { full, page } = fresh;
  if (same && full && all.length > page.length) all = [...all.filter((m) => order(m.id, page[0]?.id ?? m.id) < 0), ...page];
  else {
    all = page;
    older = full;
  }
  list.replaceChildren();
  toEnd();
  if (target) showMessage(target);
}

function forum(here) {
  const posts = (here?.guild?.channels ?? []).filter((c) => c.parent_id === here.id).sort((a, b) => order(b.id, a.id));
  fill(top);
  jump.hidden = true;
  fill(list, here ? h('li', { class: 'hint' }, posts.length ? t('forumHint') : t('forumEmpty')) : h('li', { class: 'hint' }, t('noChannel')),
    posts.map((post) => h('li', null, h('button', { type: 'button', class: 'post', onclick: () => emit('goto', post.id) },
      icon('thread'), h('span', null, post.name, h('small', null, [post.created_at ? written(post.created_at) : '', post.archived ? t('archived') : ''].filter(Boolean).join(' · ')))))));
}

/** Draws the window `from..to` and keeps what is in view where it is. */
function draw() {
  // Until a place's messages are there, it is not called empty.
  if (!channel() || isForum(channel()) || (loading && !all.length)) return;
  // A day's line moves when older messages come, so only messages hold the place.
  // Several, because one that begins the window is drawn anew once somebody stands before it.
  const edge = scroll.getBoundingClientRect().top;
  const seen = stick ? [] : [...list.children].filter((el) => el.dataset.id).map((el) => [el, el.getBoundingClientRect()]).filter(([, box]) => box.bottom > edge);
  const existing = new Map([...list.children].map((el) => [el.dataset.key, el]));
  const wanted = [];
  let last = null;
  for (let i = from; i < to; i += 1) {
    const m = all[i];
    const prev = all[i - 1];
    const day = dayOf(m.timestamp);
    const newDay = !prev || dayOf(prev.timestamp) !== day;
    if (newDay) wanted.push(existing.get(`day-${day}`) ?? keyed(h('li', { class: 'day' }, h('span', null, day)), `day-${day}`));
    const follows = !newDay && last && last.author?.id === m.author?.id && last.type === 0 && (m.type === 0) && !m.interaction_metadata && isEphemeral(last) === isEphemeral(m)
      && Date.parse(m.timestamp) - Date.parse(last.timestamp) < 300000;
    const key = `${m.id}/${m.edited_timestamp ?? ''}/${m.drawn ?? 0}/${follows ? 1 : 0}`;
    wanted.push(existing.get(key) ?? keyed(messageItem(m, follows), key));
    last = m;
  }
  if (to >= all.length) for (const id of pending) wanted.push(existing.get(`pending-${id}`) ?? keyed(pendingItem(nameOf(state.world.bot.id), state.world.bot.id), `pending-${id}`));
  const focused = list.contains(document.activeElement) ? document.activeElement.closest('li')?.dataset.id : null;
  const keepSet = new Set(wanted);
  for (const el of [...list.children]) if (!keepSet.has(el)) el.remove();
  wanted.forEach((el, i) => {
    if (list.children[i] !== el) list.insertBefore(el, list.children[i] ?? null);
  });
  if (focused && !list.contains(document.activeElement)) document.getElementById(`message-${focused}`)?.focus({ preventScroll: true });
  fill(top, from > 0 || older ? (loading ? t('older') : '') : beginning());
  const [keep, box] = seen.find(([el]) => el.isConnected) ?? [];
  if (keep) scroll.scrollTop += keep.getBoundingClientRect().top - box.top;
}

function keyed(el, key) {
  el.dataset.key = key;
  return el;
}

function beginning() {
  const here = channel();
  const where = here?.guild && !isThread(here) ? `#${here.name}` : here?.name ?? '';
  return [h('p', null, t('begin', { where })), here?.guild?.sample ? h('p', { class: 'quiet' }, t('sampleHint'), ' ', h('button', { type: 'button', class: 'link', onclick: () => emit('tour') }, t('tourStart'))) : null, all.length ? null : h('p', { class: 'quiet' }, t('empty'))];
}

function toEnd() {
  to = all.length;
  from = Math.max(0, to - WINDOW);
  stick = true;
  unseen = 0;
  draw();
  scroll.scrollTop = scroll.scrollHeight;
  showJump();
}

async function onScroll() {
  stick = atEnd();
  if (stick) unseen = 0;
  showJump();
  if (scroll.scrollTop < 400) {
    if (from > 0) {
      from = Math.max(0, from - STEP);
      to = Math.min(to, from + WINDOW + STEP);
      draw();
    } else if (older && !loading) await fetchOlder();
  } else if (scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 400 && to < all.length) {
    to = Math.min(all.length, to + STEP);
    from = Math.max(from, to - WINDOW - STEP);
    draw();
  }
}

async function fetchOlder() {
  const asked = ask(all[0]?.id);
  draw();
  try {
    const got = await asked;
    if (!got) return;
    older = got.full;
    const known = new Set(all.map((m) => m.id));
    const added = got.page.filter((m) => !known.has(m.id));
    all = [...added, ...all];
    to = Math.min(all.length, to + added.length, added.length + WINDOW);
    from = Math.max(0, added.length - STEP);
  } catch {
    // Scrolling up again asks again.
  }
  draw();
}

function showJump() {
  jump.hidden = stick || all.length === 0;
  jump.lastElementChild.textContent = unseen > 1 ? t('newBelow', { n: unseen }) : unseen === 1 ? t('newBelow1') : t('toNewest');
}

/** A message came or changed. */
export function upsert(m, announce, show) {
  if (m.author?.id) typing.delete(m.author.id);
  showTyping();
  if (m.author?.id === state.world?.bot.id) settle(m);
  if (m.channel_id !== state.channelId || dismissed.has(m.id) || isForum(channel())) return;
  since?.push(m);
  const index = all.findIndex((x) => x.id === m.id);
  const heard = announce && m.author?.id !== state.as && !((m.flags ?? 0) & 128);
  if (index >= 0) {
    if (heard && (all[index].flags ?? 0) & 128) announced(m);
    all[index] = { ...all[index], ...m, drawn: (all[index].drawn ?? 0) + 1 };
    draw();
    if (stick || show) toEnd();
    return;
  }
  const wasEnd = stick || show || m.author?.id === state.as;
  let at = all.length;
  while (at > 0 && order(all[at - 1].id, m.id) > 0) at -= 1;
  if (to === all.length) to += 1;
  all.splice(at, 0, m);
  if (wasEnd) toEnd();
  else {
    unseen += 1;
    draw();
    showJump();
  }
  if (heard) announced(m);
}

/** Tells screen readers about a new message. */
function announced(m) {
  say(t(isEphemeral(m) ? 'privateMessage' : 'newMessage', { who: nameOf(m.author?.id, m.author), text: plainText(m) }));
}

/** A message went away. */
export function remove(id) {
  since?.push({ id, gone: true });
  const index = all.findIndex((m) => m.id === id);
  if (index < 0) return;
  all.splice(index, 1);
  to = Math.min(to, all.length);
  if (index < from) from -= 1;
  draw();
}

/** Hides an ephemeral for good in this browser. */
export function dismiss(m) {
  dismissed.add(m.id);
  store('dismissed', [...dismissed].slice(-500));
  remove(m.id);
  document.getElementById('composer-input')?.focus();
}

/** The bot asked for more time; a line says so until the answer comes. */
export function defer(interaction, channelId) {
  if (channelId !== state.channelId || all.some((m) => madeBy(m) === interaction)) return;
  pending.push(interaction);
  toEnd();
  setTimeout(() => {
    if (!pending.includes(interaction)) return;
    pending = pending.filter((id) => id !== interaction);
    draw();
  }, 30000);
}

const madeBy = (m) => m.interaction_metadata?.id ?? m.interaction?.id;

function settle(m) {
  const left = pending.filter((id) => (madeBy(m) ? madeBy(m) !== id : false));
  if (left.length === pending.length) return;
  pending = left;
  if (m.channel_id === state.channelId) draw();
}

export function someoneTypes(channelId, userId) {
  if (channelId !== state.channelId || userId === state.as) return;
  clearTimeout(typing.get(userId));
  typing.set(userId, setTimeout(() => {
    typing.delete(userId);
    showTyping();
  }, 8000));
  showTyping();
}

function showTyping() {
  const who = [...typing.keys()].map((id) => nameOf(id)).join(', ');
  const text = who ? t('typing', { who }) : '';
  if (typingLine.textContent !== text) typingLine.textContent = text;
}

/** Brings one message into view and marks it for a moment. */
export async function showMessage(id) {
  for (let i = 0; i < 40 && older && !all.some((m) => m.id === id) && order(id, all[0]?.id ?? id) < 0; i += 1) await fetchOlder();
  const index = all.findIndex((m) => m.id === id);
  if (index < 0) {
    emit('notice', t('gone'));
    return;
  }
  if (index < from || index >= to) {
    from = Math.max(0, index - 40);
    to = Math.min(all.length, from + WINDOW);
  }
  stick = false;
  draw();
  const el = document.getElementById(`message-${id}`);
  el?.scrollIntoView({ block: 'center' });
  el?.focus({ preventScroll: true });
  el?.classList.add('found');
  setTimeout(() => el?.classList.remove('found'), 2500);
}

/** Draws everything anew, after a change of language or names. */
export function redraw() {
  list.setAttribute('aria-label', t('messages'));
  const here = channel();
  if (!here || isForum(here)) {
    forum(here);
    return;
  }
  const focused = list.contains(document.activeElement) ? document.activeElement.closest('li')?.id : null;
  const inside = document.activeElement?.dataset.custom;
  list.replaceChildren();
  draw();
  if (stick) toEnd();
  const item = focused ? document.getElementById(focused) : null;
  (item?.querySelector(inside ? `[data-custom="${CSS.escape(inside)}"]` : '#none') ?? item)?.focus({ preventScroll: true });
  showJump();
  showTyping();
}

/** Puts the focus on the newest message. */
export function focusLast() {
  list.querySelector('li.message:last-of-type')?.focus();
}

/** The newest message of the open channel by its id. */
export const find = (id) => all.find((m) => m.id === id);

function onKey(event) {
  const item = event.target.closest('li.message');
  if (!item || event.target !== item) {
    if (event.key === 'Escape' && item) item.focus();
    return;
  }
  const items = [...list.querySelectorAll('li.message')];
  const index = items.indexOf(item);
  if (event.key === 'ArrowUp') items[Math.max(0, index - 1)].focus();
  else if (event.key === 'ArrowDown' && index === items.length - 1) document.getElementById('composer-input')?.focus();
  else if (event.key === 'ArrowDown') items[index + 1].focus();
  else if (event.key === 'Enter' || event.key === ' ') {
    const m = find(item.dataset.id);
    if (m) openMessageMenu(m, item);
  } else if (event.key === 'Escape') document.getElementById('composer-input')?.focus();
  else return;
  event.preventDefault();
}

on('locale', redraw);
