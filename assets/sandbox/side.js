// The left column (who I am, servers, channels, threads, direct messages, looks) and the list of members on the right.
import { h, fill, icon, iconButton, avatar, sr } from './dom.js';
import { openUserMenu } from './menu.js';
import { state, botName, guild, isForum, isThread, me, nameOf, emit, CHANNEL } from './state.js';
import { t, language } from './texts.js';

const order = (a, b) => a.length - b.length || (a < b ? -1 : 1);

/** Draws the left column. */
export function drawSide(root, look) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
  root.setAttribute('aria-label', t('channels'));
  const world = state.world;
  fill(root,
    h('div', { class: 'side-head' }, h('span', { class: 'brand' }, ring(), botName() ?? t('title')),
      h('span', { class: `state${world?.bot_online ? ' on' : ''}` }, h('span', { class: 'dot', 'aria-hidden': 'true' }), world?.bot_online ? t('online') : t('botOffline')),
      iconButton('close', t('close'), () => emit('sidebar', false), { class: 'icon-button narrow-only' })),
    world ? h('div', { class: 'places' }, world.guilds.map(place), direct()) : null,
    h('div', { class: 'side-foot', role: 'group', 'aria-label': t('appears') }, acting(), h('div', { class: 'looks' }, languageSwitch(), themeSwitch(look))));
  if (focused) root.querySelector(`[data-focus="${focused}"]`)?.focus();
}

function ring() {
  return h('span', { class: 'ring', 'aria-hidden': 'true' });
}

function place(g) {
  const roots = g.channels.filter((c) => !isThread(c) && c.type !== CHANNEL.CATEGORY);
  const categories = g.channels.filter((c) => c.type === CHANNEL.CATEGORY);
  const free = roots.filter((c) => !categories.some((k) => k.id === c.parent_id));
  const part = (channels) => h('ul', null, channels.map((c) => entry(g, c)));
  return h('section', { class: 'place' }, h('h2', null, g.name, sampleMark(g)), part(free),
    categories.map((k) => [h('h3', null, k.name), part(roots.filter((c) => c.parent_id === k.id))]));
}

/** Says that a server and all in it are made up. */
export const sampleMark = (g) => (g?.sample ? [' ', h('span', { class: 'sample', title: t('sampleHint') }, t('sample'))] : null);

function entry(g, c) {
  const threads = g.channels.filter((x) => isThread(x) && x.parent_id === c.id && (!x.archived || x.id === state.channelId)).sort((a, b) => order(b.id, a.id));
  const shown = threads.slice(0, 8);
  return h('li', null, link(c, g), shown.length ? h('ul', { class: 'threads', 'aria-label': `${isForum(c) ? t('posts') : t('threads')}: ${c.name}` }, shown.map((x) => h('li', null, link(x, g)))) : null);
}

function link(c) {
  const symbol = isThread(c) ? 'thread' : isForum(c) ? 'forum' : c.type === CHANNEL.DM ? 'at' : 'hash';
  const unread = state.unread.get(c.id);
  const current = c.id === state.channelId;
  return h('button', {
    type: 'button', class: `channel${unread ? ' unread' : ''}`, 'aria-current': current ? 'page' : undefined, data: { focus: `channel-${c.id}`, channel: c.name },
    onclick: () => emit('goto', c.id), title: c.topic || undefined,
  }, icon(symbol), h('span', { class: 'clip' }, c.name), c.type === 12 ? [icon('lock'), sr(t('locked'))] : null,
  unread ? h('span', { class: 'badge' }, String(unread), sr(` ${t('unread')}`)) : null);
}

function direct() {
  const dm = state.world.dms.find((d) => d.recipient_ids.includes(state.as)) ?? state.world.dms[0];
  return h('section', { class: 'place' }, h('h2', null, t('direct')), h('ul', null, h('li', null, dm
    ? link({ id: dm.id, name: botName(), type: CHANNEL.DM })
    : h('button', { type: 'button', class: 'channel', data: { focus: 'dm' }, onclick: () => emit('dm') }, icon('at'), h('span', null, t('writeBot'))))));
}

function acting() {
  const select = h('select', { id: 'acting', data: { focus: 'acting' }, onchange: (e) => emit('actas', e.target.value) },
    (state.world?.users ?? []).map((u) => h('option', { value: u.id }, `${u.global_name ?? u.username} · ${t(`kinds.${u.kind}`)}`)));
  if (state.as) select.value = state.as;
  const who = me();
  return h('div', { class: 'acting' }, who ? avatar(who.global_name ?? who.username, who.id) : null, h('div', null, h('label', { for: 'acting' }, t('actingAs')), select));
}

function languageSwitch() {
  return h('div', { class: 'switch', role: 'group', 'aria-label': t('language') }, ['de', 'en'].map((tag) => h('button', {
    type: 'button', lang: tag, 'aria-pressed': String(language() === tag), title: tag === 'de' ? 'Deutsch' : 'English', data: { focus: `lang-${tag}` }, onclick: () => emit('language', tag),
  }, tag.toUpperCase(), sr(tag === 'de' ? ' Deutsch' : ' English'))));
}

function themeSwitch(look) {
  const next = { auto: 'light', light: 'dark', dark: 'auto' };
  const names = { auto: t('themeAuto'), light: t('themeLight'), dark: t('themeDark') };
  const label = `${t('theme')}: ${names[look]}`;
  return h('button', { type: 'button', class: 'look', 'aria-label': label, title: label, data: { focus: 'theme' }, onclick: () => emit('look', next[look]) }, icon('theme'), h('span', null, names[look]));
}

/** Draws the members of the current server. */
export function drawPeople(root) {
  root.setAttribute('aria-label', t('people'));
  const g = guild();
  if (!g) {
    fill(root, h('div', { class: 'panel-head' }, h('h2', null, t('people'))), person(state.world.bot.id), person(state.as));
    return;
  }
  const groups = new Map();
  for (const member of g.members) {
    const kind = member.user_id === state.world.bot.id ? 'bot' : state.world.users.find((u) => u.id === member.user_id)?.kind ?? 'others';
    if (!groups.has(kind)) groups.set(kind, []);
    groups.get(kind).push(member.user_id);
  }
  const kinds = ['lead', 'agent', 'customer', 'admin', 'others', 'bot'].filter((k) => groups.has(k));
  fill(root, h('div', { class: 'panel-head' }, h('h2', null, t('people')), iconButton('close', t('close'), () => emit('people', false), { class: 'icon-button' })),
    kinds.map((kind) => h('section', null, h('h3', null, kind === 'others' ? t('others') : t(`kinds.${kind}`)), h('ul', null, groups.get(kind).map((id) => h('li', null, person(id)))))));
}

function person(id) {
  const name = nameOf(id);
  const isBot = id === state.world.bot.id;
  const g = guild();
  const roles = g?.members.find((m) => m.user_id === id)?.roles.map((r) => g.roles.find((x) => x.id === r)?.name).filter((role) => role && role !== name).join(', ');
  return h('button', { type: 'button', class: 'person', 'aria-haspopup': 'menu', onclick: (e) => openUserMenu(id, e.currentTarget) },
    avatar(name, id, isBot), h('span', null, name, id === state.as ? ` (${t('you')})` : '', roles ? h('small', null, roles) : null));
}
