// Starts the page: reads the address, loads the world, listens to events and ties the parts together.
import * as api from './api.js';
import { h, fill, icon, iconButton } from './dom.js';
import { drawComposer } from './composer.js';
import { drawPeople, drawSide, sampleMark } from './side.js';
import { mountTimeline, openTimeline, upsert, remove, dismiss, defer, someoneTypes, showMessage, redraw } from './timeline.js';
import { refreshTimes } from './markdown.js';
import { closeMenu } from './menu.js';
import { drawWorkshop, refreshClock, workshopEvent } from './drawer.js';
import { drawTour, tourOpen } from './tour.js';
import { state, botName, channel, complain, emit, isForum, isThread, loadWorld, nameOf, on, recall, remember, store } from './state.js';
import { t, setLanguage, language, syncClock } from './texts.js';

const $ = (id) => document.getElementById(id);
let look = recall('look', 'auto');
let people = innerWidth > 1100 && recall('people', true);
let workshop = false;
let socket = null;
let noticeTimer;

function address() {
  const out = {};
  for (const part of location.hash.slice(1).split('&')) {
    const [key, value] = part.split('=');
    if (value) {
      try {
        out[key] = decodeURIComponent(value);
      } catch {
        // A broken address is no reason not to start.
      }
    }
  }
  return out;
}

const same = (a, b) => a?.toLowerCase().normalize('NFC') === b?.toLowerCase().normalize('NFC');

function findUser(wanted) {
  return state.world.users.find((u) => u.id === wanted) ?? state.world.users.find((u) => same(u.global_name, wanted) || same(u.username, wanted));
}

function findChannel(wanted, guildName) {
  const guilds = state.world.guilds.filter((g) => !guildName || same(g.name, guildName) || g.id === guildName);
  const all = guilds.flatMap((g) => g.channels);
  if (wanted === 'dm') return state.world.dms[0]?.id;
  return (all.find((c) => c.id === wanted) ?? all.find((c) => same(c.name, wanted?.replace(/^#/, ''))) ?? state.world.dms.find((d) => d.id === wanted))?.id;
}

function firstChannel() {
  const texts = state.world.guilds.flatMap((g) => g.channels).filter((c) => c.type === 0 || c.type === 5);
  return (texts[0] ?? state.world.guilds[0]?.channels[0] ?? state.world.dms[0])?.id ?? null;
}

/** Makes sure that person and channel exist in the world at hand. */
function settle() {
  if (!findUser(state.as)) state.as = state.world.users[0]?.id ?? null;
  if (!channel()) state.channelId = firstChannel();
  state.guildId = channel()?.guild?.id ?? null;
}

async function start() {
  const wish = address();
  const before = recall('place', {});
  setLanguage(wish.locale ?? before.locale ?? (navigator.language.startsWith('de') ? 'de' : 'en'));
  if (['auto', 'light', 'dark'].includes(wish.look)) look = wish.look;
  applyLook();
  mountTimeline($('stage'));
  draw();
  for (;;) {
    try {
      await firstWorld(wish, before);
      break;
    } catch {
      notice(t('noServer'), 'bad');
      await new Promise((resolve) => setTimeout(resolve, 2000));
    }
  }
  workshop = wish.panel === 'workshop';
  connect();
  if (recall('tour', -1) >= 0) drawTour(true, false);
  setInterval(tick, 1000);
  setInterval(syncFromServer, 20000);
}

async function firstWorld(wish, before) {
  // Names in the address become ids once some world is known; a newcomer starts as somebody of the team.
  const world = state.world = await api.world();
  state.as = (findUser(wish.as) ?? findUser(before.as) ?? world.users.find((u) => u.kind === 'agent') ?? world.users[0])?.id ?? null;
  await loadWorld();
  if (wish.channel === 'dm' && !state.world.dms.length) await openDm();
  state.channelId = findChannel(wish.channel, wish.guild) ?? (wish.channel ? null : findChannel(before.channel));
  settle();
}

/** Listens, and shows what there is once nothing is missed. */
function connect() {
  socket?.close();
  socket = api.events(state.as, {
    onevent: take,
    onopen: (again) => {
      if (again) {
        notice(t('back'));
        workshopEvent('RECONNECTED');
      }
      reload();
    },
    onlost: () => notice(t('lost'), 'stay'),
  });
}

/** Everything anew, with the place kept. */
async function reload() {
  try {
    if (!await loadWorld()) return;
    settle();
    await show();
  } catch (error) {
    complain(error);
  }
}

let worldTimer;
/** Fetches the world soon; many events in a row cost one request. */
function worldSoon() {
  clearTimeout(worldTimer);
  worldTimer = setTimeout(async () => {
    const place = state.channelId;
    try {
      if (!await loadWorld()) return;
    } catch {
      return;
    }
    settle();
    if (place !== state.channelId) await show();
    else {
      draw();
      redraw();
    }
  }, 120);
}

function take(type, d) {
  const m = d.message ?? d;
  switch (type) {
    case 'MESSAGE_CREATE':
    case 'EPHEMERAL_CREATE':
      incoming(m, true);
      break;
    case 'MESSAGE_UPDATE':
    case 'EPHEMERAL_UPDATE':
      incoming(m, false);
      break;
    case 'MESSAGE_DELETE':
    case 'EPHEMERAL_DELETE':
      remove(d.id ?? d.message_id);
      break;
    case 'REACTION':
      if (d.channel_id === state.channelId) openTimeline();
      break;
    case 'TYPING':
      someoneTypes(d.channel_id, d.user_id);
      break;
    case 'CLOCK':
      syncClock(d.now);
      tick();
      break;
    case 'BOT':
      state.world.bot_online = Boolean(d.online);
      draw();
      break;
    case 'RESET':
      reload();
      break;
    case 'COMMANDS':
      worldSoon();
      break;
    default:
      if (/^(CHANNEL|THREAD|GUILD)/.test(type)) worldSoon();
  }
  workshopEvent(type);
}

function incoming(m, fresh) {
  if (!m.id) return;
  const known = channel(m.channel_id);
  if (m.channel_id !== state.channelId && fresh && !((m.flags ?? 0) & 128) && m.author?.id !== state.as) {
    state.unread.set(m.channel_id, (state.unread.get(m.channel_id) ?? 0) + 1);
    side();
  }
  upsert(m, fresh);
  if (!known || (m.author && m.author.id !== state.world.bot.id && !state.world.users.some((u) => u.id === m.author.id))) worldSoon();
}

/** Shows the current channel. */
async function show(message) {
  state.unread.delete(state.channelId);
  closeMenu(false);
  draw();
  remember();
  await openTimeline(message);
}

async function goTo(id, message) {
  if (!$('notice').querySelector('.stay')) notice('');
  if (!channel(id)) {
    notice(t('dontSee', { who: nameOf(state.as) }));
    return;
  }
  sidebar(false);
  if (id === state.channelId && message) {
    showMessage(message);
    return;
  }
  state.channelId = id;
  state.replyTo = null;
  state.guildId = channel()?.guild?.id ?? null;
  await show(message);
  if (!message && !isForum(channel())) $('composer-input')?.focus();
}

async function actAs(id) {
  if (id === state.as) return;
  notice('');
  state.as = id;
  state.replyTo = null;
  state.unread.clear();
  try {
    const wasDm = channel() && !channel().guild;
    if (!await loadWorld()) return;
    if (wasDm) state.channelId = state.world.dms[0]?.id ?? null;
  } catch (error) {
    complain(error);
    return;
  }
  settle();
  connect();
  await show();
}

async function openDm() {
  const { channel_id: id } = await api.openDm(state.as);
  await loadWorld();
  return id;
}

function draw() {
  const here = channel();
  document.title = [here?.name, botName() ?? t('title')].filter(Boolean).join(' · ');
  $('skip-link').textContent = t('skip');
  $('main').setAttribute('aria-label', t('conversation'));
  side();
  head(here);
  // A form being filled in stays as it is.
  const place = `${state.as}/${state.channelId}/${language()}`;
  const composer = $('composer');
  if (composer.dataset.place !== place || !composer.querySelector('form, textarea')) {
    composer.dataset.place = place;
    drawComposer(composer);
  }
  panels();
  if (tourOpen()) drawTour();
}

const side = () => drawSide($('side'), look);

function head(here) {
  const parent = isThread(here) ? channel(here.parent_id) : null;
  const focused = $('head').contains(document.activeElement) ? document.activeElement.id : null;
  fill($('head'), iconButton('menu', t('menu'), () => sidebar(true), { class: 'icon-button narrow-only', id: 'open-side' }),
    h('div', { class: 'where' },
      parent ? [h('button', { type: 'button', class: 'link', onclick: () => goTo(parent.id) }, `#${parent.name}`), h('span', { class: 'quiet', 'aria-hidden': 'true' }, '›')] : null,
      here ? h('h1', null, icon(isThread(here) ? 'thread' : isForum(here) ? 'forum' : here.guild ? 'hash' : 'at'), h('span', { class: 'clip' }, here.name)) : h('h1', null, t('title')),
      here?.topic ? h('p', { class: 'topic clip' }, here.topic) : null, h('span', { class: 'narrow-only' }, sampleMark(here?.guild))),
    h('button', { type: 'button', class: 'head-button', id: 'tour-button', onclick: () => drawTour(true) }, icon('spark'), h('span', null, t('tour'))),
    h('button', { type: 'button', class: 'head-button', id: 'workshop-button', 'aria-expanded': String(workshop), 'aria-controls': 'workshop', onclick: () => toggleWorkshop() }, icon('tools'), h('span', null, t('workshop'))),
    iconButton('people', t('showPeople'), () => emit('people', !people), { id: 'people-button', 'aria-expanded': String(people && !workshop), 'aria-controls': 'people' }));
  if (focused) $(focused)?.focus();
  const hint = state.world && !state.world.bot_online ? t('offlineHint') : '';
  document.body.classList.toggle('bot-away', Boolean(hint));
}

function panels() {
  const showPeople = people && !workshop && Boolean(state.world);
  $('people').hidden = !showPeople;
  if (showPeople) drawPeople($('people'));
  const was = $('workshop').hidden;
  $('workshop').hidden = !workshop;
  const drawn = `${language()}/${state.as}`;
  if (workshop && (was || $('workshop').dataset.drawn !== drawn)) {
    $('workshop').dataset.drawn = drawn;
    drawWorkshop($('workshop'));
  }
  $('people-button')?.setAttribute('aria-expanded', String(showPeople));
  $('workshop-button')?.setAttribute('aria-expanded', String(workshop));
}

function toggleWorkshop(open = !workshop) {
  workshop = open;
  panels();
  if (workshop) $('workshop').querySelector('button')?.focus();
  else $('workshop-button')?.focus();
}

function sidebar(open) {
  const was = document.body.classList.contains('side-open');
  document.body.classList.toggle('side-open', open);
  $('veil').hidden = !open;
  if (open) $('side').querySelector('[aria-current], button')?.focus();
  else if (was) $('open-side')?.focus();
}

function applyLook() {
  document.documentElement.dataset.look = look;
}

/** A calm line above the messages. `stay` remains until something better is known. */
function notice(text, kind, reason) {
  const box = $('notice');
  clearTimeout(noticeTimer);
  fill(box, text ? h('div', { class: `notice ${kind ?? ''}` }, h('span', null, text), reason ? h('small', null, reason) : null, iconButton('close', t('close'), () => fill(box), { class: 'icon-button small' })) : null);
  if (text && kind !== 'stay') noticeTimer = setTimeout(() => fill(box), kind === 'bad' ? 12000 : 4000);
}

function tick() {
  refreshTimes(document.body);
  refreshClock();
}

async function syncFromServer() {
  try {
    syncClock((await api.clock()).now);
  } catch {
    // The event socket says when the server is gone.
  }
}

on('goto', goTo);
on('actas', actAs);
on('message', (m) => upsert(m, true, true));
on('update', (m) => upsert(m, false));
on('deferred', defer);
on('dismiss', dismiss);
on('notice', notice);
on('sidebar', sidebar);
on('tour', () => drawTour(true));
on('reload', reload);
on('workshop', toggleWorkshop);
on('people', (open) => {
  people = open;
  if (open) workshop = false;
  store('people', people);
  panels();
  $('people-button')?.focus();
});
on('look', (to) => {
  look = to;
  store('look', look);
  applyLook();
  side();
});
on('language', (to) => {
  setLanguage(to);
  draw();
  emit('locale');
  remember();
});
on('dm', async () => {
  try {
    await goTo(await openDm());
  } catch (error) {
    complain(error);
  }
});

// A list that stood beside the messages would lie upon them.
matchMedia('(max-width: 1100px)').addEventListener('change', ({ matches }) => {
  if (!matches) return;
  people = false;
  panels();
});
$('veil').addEventListener('click', () => sidebar(false));
$('skip-link').addEventListener('click', (event) => {
  event.preventDefault();
  ($('composer').querySelector('textarea, input, button') ?? $('composer')).focus();
});
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.defaultPrevented) {
    if (document.body.classList.contains('side-open')) sidebar(false);
    else if (event.target.closest?.('#workshop')) toggleWorkshop(false);
    else if (event.target.closest?.('#people')) emit('people', false);
  }
  const typing = event.target.closest?.('input, textarea, select, dialog, [role="menu"], [role="listbox"]');
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const input = $('composer-input');
    if (!input) return;
    event.preventDefault();
    input.focus();
    if (!input.value) {
      input.value = '/';
      input.dispatchEvent(new Event('input'));
    }
  }
});
addEventListener('hashchange', async () => {
  const wish = address();
  if (!state.world) return;
  if (wish.locale && wish.locale !== language()) emit('language', wish.locale);
  const who = wish.as ? findUser(wish.as) : null;
  if (who && who.id !== state.as) await actAs(who.id);
  const where = wish.channel ? findChannel(wish.channel, wish.guild) : null;
  if (where && where !== state.channelId) await goTo(where);
});
start();
