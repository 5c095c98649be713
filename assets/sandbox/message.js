// One message as a list item: text, embeds, files, buttons, selects, and the marks around it.
import * as api from './api.js';
import { h, icon, iconButton, avatar, sr } from './dom.js';
import { render, timeNode } from './markdown.js';
import { openChoices, openMessageMenu, openUserMenu } from './menu.js';
import { interact } from './interact.js';
import { state, channel, guild, markdownContext, nameOf, user, emit } from './state.js';
import { t, localised, written } from './texts.js';

export const EPHEMERAL = 64;
const LOADING = 128;

export const isEphemeral = (m) => Boolean((m.flags ?? 0) & EPHEMERAL);

/** The message as one line of plain text, for announcements and previews. */
export function plainText(m) {
  const parts = [m.content, ...(m.embeds ?? []).flatMap((e) => [e.title, e.description]), ...(m.attachments ?? []).map((a) => a.filename)];
  const box = h('span');
  box.append(render(parts.filter(Boolean).join(' · '), markdownContext, true));
  return box.textContent.slice(0, 300);
}

/** Builds the element; `follows` leaves out the name when the same person goes on speaking. */
export function messageItem(m, follows) {
  const author = m.author ?? {};
  const name = nameOf(author.id, author);
  const mine = isEphemeral(m);
  const pinged = (m.mentions ?? []).some((u) => u.id === state.as);
  const item = h('li', {
    class: `message${follows ? ' follows' : ''}${mine ? ' ephemeral' : ''}${pinged ? ' pinged' : ''}`,
    id: `message-${m.id}`, tabindex: '-1', data: { id: m.id },
    oncontextmenu: (event) => {
      if (event.target.closest('a, input, textarea')) return;
      event.preventDefault();
      openMessageMenu(m, item, { x: event.clientX, y: event.clientY });
    },
  });
  if (isSystem(m)) return systemItem(item, m, name);
  item.append(...context(m));
  const body = h('div', { class: 'body' });
  if (!follows) {
    item.append(avatar(name, author.id ?? '0', author.bot));
    body.append(h('div', { class: 'by' },
      h('button', { type: 'button', class: 'name', 'aria-haspopup': 'menu', onclick: (e) => openUserMenu(author.id, e.currentTarget) }, name),
      author.bot ? h('span', { class: 'tag' }, t('bot')) : null,
      h('time', { class: 'when', datetime: m.timestamp, title: written(m.timestamp) }, written(m.timestamp))));
  } else {
    body.append(h('span', { class: 'sr' }, `${name}, ${written(m.timestamp)}`));
  }
  const edited = m.edited_timestamp ? h('span', { class: 'edited', title: written(m.edited_timestamp) }, `(${t('edited')})`) : null;
  if ((m.flags ?? 0) & LOADING) body.append(h('p', { class: 'thinking' }, t('thinking', { bot: name })));
  if (m.content) {
    const text = h('div', { class: 'text' });
    text.append(render(m.content, markdownContext));
    if (edited) (text.lastElementChild?.tagName === 'P' ? text.lastElementChild : text).append(' ', edited);
    body.append(text);
  }
  const used = new Set();
  for (const embed of m.embeds ?? []) body.append(embedCard(embed, m, used));
  for (const file of m.attachments ?? []) if (!used.has(file.id)) body.append(attachment(file));
  if (edited && !m.content) body.append(edited);
  if (m.components?.length) body.append(components(m));
  if (m.reactions?.length) body.append(reactions(m));
  if (m.thread || threadOf(m)) body.append(threadLink(m.thread ?? threadOf(m)));
  if (mine) {
    body.append(h('p', { class: 'only-you' }, icon('eye'), t('onlyYou'), ' · ',
      h('button', { type: 'button', class: 'link', onclick: () => emit('dismiss', m) }, t('dismiss'))));
  }
  item.append(body, h('div', { class: 'tools' },
    iconButton('reply', t('reply'), () => emit('reply', m), { class: 'icon-button small', disabled: mine }),
    iconButton('more', t('more', { who: name }), (e) => openMessageMenu(m, e.currentTarget), { class: 'icon-button small', 'aria-haspopup': 'menu' })));
  return item;
}

const isSystem = (m) => [3, 4, 6, 7, 18].includes(m.type);

function systemItem(item, m, name) {
  item.classList.add('system');
  const keys = { 4: 'renamed', 6: 'pinned', 7: 'joined', 18: 'threadStarted' };
  const body = h('p', null, icon('thread'), t(keys[m.type] ?? 'joined', { who: name }));
  if (m.type === 18) {
    const id = m.message_reference?.channel_id ?? m.thread?.id;
    body.append(channel(id) ? h('button', { type: 'button', class: 'link', onclick: () => emit('goto', id) }, m.content) : m.content ?? '');
  } else if (m.type === 4) body.append(m.content ?? '');
  item.append(body);
  return item;
}

/** The line above a message: which message it answers, or which command made it. */
function context(m) {
  const reference = m.referenced_message;
  if (reference) {
    const who = nameOf(reference.author?.id, reference.author);
    return [h('button', { type: 'button', class: 'context', onclick: () => emit('goto', reference.channel_id ?? m.channel_id, reference.id), 'aria-label': `${t('replyTo', { who })}: ${plainText(reference)}` },
      icon('reply'), h('b', null, who), ' ', h('span', { class: 'clip' }, plainText(reference)))];
  }
  if (m.type === 19) return [h('p', { class: 'context' }, icon('reply'), t('gone'))];
  const by = m.interaction_metadata ?? m.interaction;
  if (by && (by.user || by.user_id)) {
    const who = nameOf(by.user?.id ?? by.user_id, by.user);
    const what = m.interaction?.name ?? by.name;
    if (!what) return [];
    if (m.type === 23) return [h('p', { class: 'context' }, icon('spark'), t('usedMenu', { who, what: localName(what) }))];
    return [h('p', { class: 'context' }, icon('slash'), t('used', { who, what: `/${localName(what)}` }))];
  }
  return [];
}

/** A command path in the reader's language: "case open" → "fall öffnen". */
function localName(path) {
  const [first, ...rest] = path.split(' ');
  let at = state.world?.commands.find((c) => c.name === path) ?? state.world?.commands.find((c) => c.name === first);
  if (!at) return path;
  if (at.name === path) return localised(at, 'name');
  const names = [localised(at, 'name')];
  for (const part of rest) {
    at = at?.options?.find((o) => o.name === part);
    names.push(at ? localised(at, 'name') : part);
  }
  return names.join(' ');
}

function threadOf(m) {
  return (guild()?.channels ?? []).find((c) => c.id === m.id);
}

function threadLink(thread) {
  return h('button', { type: 'button', class: 'thread-link', onclick: () => emit('goto', thread.id) }, icon('thread'), thread.name);
}

function embedCard(embed, m, used) {
  const card = h('div', { class: 'embed', role: 'group', 'aria-label': embed.title ?? embed.author?.name ?? t('details') });
  if (typeof embed.color === 'number') card.style.setProperty('--edge', `#${embed.color.toString(16).padStart(6, '0')}`);
  const put = (cls, text) => {
    const box = h('div', { class: cls });
    box.append(render(text, markdownContext));
    card.append(box);
  };
  if (embed.author?.name) card.append(h('div', { class: 'embed-author' }, embed.author.name));
  if (embed.title) {
    const title = h('div', { class: 'embed-title', role: 'heading', 'aria-level': '2' });
    title.append(embed.url ? h('a', { href: safeHref(embed.url), target: '_blank', rel: 'noopener noreferrer' }, embed.title) : render(embed.title, markdownContext, true));
    card.append(title);
  }
  if (embed.description) put('embed-text', embed.description);
  if (embed.fields?.length) {
    const fields = h('dl', { class: 'embed-fields' });
    for (const field of embed.fields) {
      const name = h('dt');
      name.append(render(field.name, markdownContext, true));
      const value = h('dd');
      value.append(render(field.value, markdownContext));
      fields.append(h('div', { class: field.inline ? 'inline' : 'wide' }, name, value));
    }
    card.append(fields);
  }
  const image = embed.image ?? embed.thumbnail;
  if (image?.url) card.append(picture(image.url, m, used, embed.title));
  if (embed.footer?.text || embed.timestamp) {
    card.append(h('div', { class: 'embed-foot' }, embed.footer?.text, embed.footer?.text && embed.timestamp ? ' · ' : '',
      embed.timestamp ? timeNode(Math.floor(Date.parse(embed.timestamp) / 1000), 'f') : ''));
  }
  return card;
}

const safeHref = (url) => (/^https?:\/\//.test(url) ? url : '#');

function picture(url, m, used, alt) {
  const name = /^attachment:\/\/(.+)$/.exec(url)?.[1] ?? decodeURIComponent(url.split('?')[0].split('/').pop() ?? '');
  const file = (m?.attachments ?? []).find((a) => a.filename === name);
  if (file) used.add(file.id);
  const source = url.startsWith('data:image/') ? url : api.localUrl(file?.url ?? url);
  const label = file?.description ?? alt ?? t('image');
  if (!source) return h('p', { class: 'external' }, icon('file'), t('external'));
  return h('a', { class: 'picture', href: source, target: '_blank', rel: 'noopener noreferrer' },
    h('img', { src: source, alt: label, loading: 'lazy', width: file?.width ? String(file.width) : undefined, height: file?.height ? String(file.height) : undefined }));
}

function attachment(file) {
  const source = file.url?.startsWith('data:') ? file.url : api.localUrl(file.url);
  if (source && /^image\/(png|jpe?g|gif|webp|svg\+xml)/.test(file.content_type ?? '')) return picture(source, { attachments: [file] }, new Set(), file.description ?? file.filename);
  const size = file.size >= 1048576 ? `${(file.size / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round((file.size ?? 0) / 1024))} KB`;
  return h('a', { class: 'file', href: source ?? '#', download: file.filename, 'aria-label': t('download', { name: file.filename }) },
    icon('file'), h('span', null, file.filename), h('small', null, size));
}

function reactions(m) {
  return h('ul', { class: 'reactions', 'aria-label': t('reactions') }, m.reactions.map((r) => h('li', null, `${r.emoji?.name ?? '?'} ${r.count ?? 1}`)));
}

const BUTTONS = { 1: 'primary', 2: 'plain', 3: 'positive', 4: 'careful', 5: 'plain' };

function components(m) {
  const box = h('div', { class: 'components' });
  for (const row of m.components) {
    const parts = row.type === 1 ? row.components ?? [] : [row];
    box.append(h('div', { class: 'row' }, parts.map((part) => component(m, part))));
  }
  return box;
}

function component(m, part) {
  if (part.type === 2) return button(m, part);
  if (part.type >= 3 && part.type <= 8 && part.type !== 4) return select(m, part);
  if (part.type === 10) {
    const text = h('div', { class: 'text' });
    text.append(render(part.content ?? '', markdownContext));
    return text;
  }
  return null;
}

function button(m, part) {
  const label = [part.emoji?.name ? `${part.emoji.name} ` : '', part.label ?? ''];
  if (part.style === 5) return h('a', { class: 'button plain', href: safeHref(part.url ?? ''), target: '_blank', rel: 'noopener noreferrer' }, label, icon('out'));
  const el = h('button', { type: 'button', class: `button ${BUTTONS[part.style] ?? 'plain'}`, disabled: Boolean(part.disabled), data: { custom: part.custom_id ?? '' } }, label);
  el.addEventListener('click', () => press(m, part, el));
  return el;
}

async function press(m, part, el, values) {
  el.disabled = true;
  el.setAttribute('aria-busy', 'true');
  await interact.component(m, part, values);
  if (!el.isConnected) return;
  el.disabled = Boolean(part.disabled);
  el.removeAttribute('aria-busy');
}

function select(m, part) {
  const chosen = choicesOf(part);
  const preset = chosen.filter((o) => o.default);
  const label = preset.length ? preset.map((o) => o.label).join(', ') : part.placeholder ?? t('choose');
  const el = h('button', { type: 'button', class: 'select', 'aria-haspopup': 'listbox', disabled: Boolean(part.disabled), data: { custom: part.custom_id ?? '' } }, h('span', { class: 'clip' }, label), icon('down'));
  el.addEventListener('click', () => openChoices(el, {
    label, options: chosen, min: part.min_values ?? 1, max: part.max_values ?? 1, onchoose: (values) => press(m, part, el, values),
  }));
  return el;
}

/** The options of a select, whatever its kind. */
function choicesOf(part) {
  if (part.type === 3) return part.options ?? [];
  const g = guild();
  const people = (g?.members ?? []).map((x) => ({ label: nameOf(x.user_id), value: x.user_id, description: user(x.user_id)?.username }));
  const roles = (g?.roles ?? []).map((r) => ({ label: r.name, value: r.id }));
  if (part.type === 5) return people;
  if (part.type === 6) return roles;
  if (part.type === 7) return [...people, ...roles];
  return (g?.channels ?? []).filter((c) => !part.channel_types?.length || part.channel_types.includes(c.type)).map((c) => ({ label: `#${c.name}`, value: c.id }));
}

/** What stands in for a deferred answer until it comes. */
export function pendingItem(botName, botId) {
  return h('li', { class: 'message pending', tabindex: '-1' }, avatar(botName, botId, true),
    h('div', { class: 'body' }, h('p', { class: 'thinking' }, t('thinking', { bot: botName }))), sr(''));
}
