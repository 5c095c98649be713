// What the page knows: who acts, the world as that person sees it, where they are. Other modules read it and ask it to change.
import * as api from './api.js';
import { language, syncClock, t } from './texts.js';

export const CHANNEL = { TEXT: 0, DM: 1, VOICE: 2, CATEGORY: 4, NEWS: 5, FORUM: 15, MEDIA: 16 };
export const isThread = (channel) => [10, 11, 12].includes(channel?.type);
export const isForum = (channel) => channel?.type === CHANNEL.FORUM || channel?.type === CHANNEL.MEDIA;

export const state = {
  world: null,
  as: null,
  guildId: null,
  channelId: null,
  unread: new Map(),
  replyTo: null,
};

const listeners = new Map();
/** Hears what others emit. */
export function on(name, f) {
  if (!listeners.has(name)) listeners.set(name, []);
  listeners.get(name).push(f);
}
export function emit(name, ...args) {
  for (const f of listeners.get(name) ?? []) f(...args);
}

/** Says what went wrong; `otherwise` where the server gives no reason. */
export function complain({ message, status }, otherwise) {
  emit('notice', status === 0 ? t('noServer') : message ? t('failedWhy', { why: message }) : otherwise ?? t('failed'), 'bad');
}

/** Fetches the world as the acting person sees it; nothing once another acts. */
export async function loadWorld() {
  const as = state.as;
  const world = await api.world(as);
  if (as !== state.as) return;
  state.world = world;
  syncClock(world.now);
  return world;
}

export const me = () => state.world?.users.find((u) => u.id === state.as);
export const guild = () => state.world?.guilds.find((g) => g.id === state.guildId) ?? null;

/** A channel, thread or DM by id, with the guild it lies in. */
export function channel(id = state.channelId) {
  for (const g of state.world?.guilds ?? []) {
    const found = g.channels.find((c) => c.id === id);
    if (found) return { ...found, guild: g };
  }
  const dm = state.world?.dms.find((d) => d.id === id);
  return dm ? { ...dm, type: CHANNEL.DM, name: botName(), guild: null } : null;
}

/** The name the bot goes by. */
export const botName = () => state.world?.bot.global_name ?? state.world?.bot.username;

/** A person or the bot by id. */
export function user(id) {
  const world = state.world;
  if (id === world?.bot.id) return { ...world.bot, kind: 'bot', bot: true };
  return world?.users.find((u) => u.id === id) ?? null;
}

/** The name a person goes by where we are. */
export function nameOf(id, given) {
  const member = guild()?.members.find((m) => m.user_id === id);
  const known = user(id) ?? given;
  return member?.nick ?? known?.global_name ?? known?.username ?? id;
}

/** What markdown needs to know about names. */
export const markdownContext = {
  user: (id) => (user(id) ? { name: nameOf(id), me: id === state.as } : null),
  role: (id) => {
    const role = state.world?.guilds.flatMap((g) => g.roles).find((r) => r.id === id);
    const mine = guild()?.members.find((m) => m.user_id === state.as)?.roles.includes(id);
    return role ? { name: role.name, mine } : null;
  },
  channel: (id) => channel(id),
  goto: (channelId, messageId) => emit('goto', channelId, messageId),
};

/** The acting person's rights where they are: as the server says, else from roles alone. */
export function rights() {
  const g = guild();
  if (!g) return ~0n;
  const told = channel()?.permissions;
  if (told !== undefined && told !== null) return BigInt(told) & 8n ? ~0n : BigInt(told);
  if (me()?.kind === 'admin' || g.owner_id === state.as) return ~0n;
  const mine = g.members.find((m) => m.user_id === state.as)?.roles ?? [];
  let all = 0n;
  for (const role of g.roles) if (role.id === g.id || mine.includes(role.id)) all |= BigInt(role.permissions ?? 0);
  return all & 8n ? ~0n : all;
}

/** Commands of one type the acting person may see here. */
export function commands(type) {
  const here = channel();
  const mine = rights();
  const seen = new Map();
  for (const command of state.world?.commands ?? []) {
    if ((command.type ?? 1) !== type) continue;
    if (command.guild_id && command.guild_id !== here?.guild?.id) continue;
    if (!here?.guild && (command.dm_permission === false || (command.contexts && !command.contexts.includes(1)))) continue;
    if (here?.guild && command.contexts && !command.contexts.includes(0)) continue;
    const need = command.default_member_permissions;
    if (need !== null && need !== undefined && here?.guild) {
      const bits = BigInt(need);
      if (bits === 0n ? mine !== ~0n : (mine & bits) !== bits) continue;
    }
    if (!seen.has(command.name) || command.guild_id) seen.set(command.name, command);
  }
  return [...seen.values()];
}

/** Remembers where we are, in the address and in the browser. */
export function remember() {
  const here = channel();
  if (!state.world || !me()) return;
  const inGuild = here?.guild?.channels.filter((c) => c.name === here.name).length === 1;
  const place = { as: me().global_name ?? me().username, channel: here ? (here.guild ? (inGuild ? here.name : here.id) : 'dm') : undefined, locale: language() };
  if (here?.guild && here.guild.id !== state.world.guilds[0]?.id) place.guild = here.guild.name;
  const text = Object.entries(place).filter(([, v]) => v).map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join('&');
  history.replaceState(null, '', `#${text}`);
  store('place', { as: state.as, channel: state.channelId, guild: state.guildId, locale: language() });
}

export function store(key, value) {
  try {
    localStorage.setItem(`sandbox.${key}`, JSON.stringify(value));
  } catch {
    // A browser that stores nothing still shows the page.
  }
}

export function recall(key, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`sandbox.${key}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}
