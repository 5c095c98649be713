// Pop-up menus and lists: message menu, user menu, choices of a select. One open at a time, keyboard throughout.
import { h, icon, returnFocus, freshId } from './dom.js';
import { interact } from './interact.js';
import { state, channel, commands, emit, nameOf, user, isThread } from './state.js';
import { t, localised } from './texts.js';

let open = null;

export function closeMenu(refocus = true) {
  if (!open) return;
  const { box, from } = open;
  open = null;
  box.remove();
  from.setAttribute?.('aria-expanded', 'false');
  if (refocus) returnFocus(from);
}

function place(box, from, at) {
  document.getElementById('main').append(box);
  const anchor = at ? { left: at.x, right: at.x, top: at.y, bottom: at.y } : from.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(8, Math.min(anchor.left, innerWidth - width - 8));
  const below = anchor.bottom + 4;
  const top = below + height > innerHeight - 8 ? Math.max(8, anchor.top - height - 4) : below;
  box.style.left = `${left}px`;
  box.style.top = `${top}px`;
}

function show(box, from, at) {
  closeMenu(false);
  open = { box, from };
  from.setAttribute?.('aria-expanded', 'true');
  place(box, from, at);
  box.addEventListener('keydown', (event) => {
    const items = [...box.querySelectorAll('[role^="menuitem"], [role="option"], .apply')].filter((el) => !el.disabled && el.getAttribute('aria-disabled') !== 'true');
    const index = items.indexOf(document.activeElement);
    const go = (i) => items.at(i % items.length)?.focus();
    if (event.key === 'ArrowDown') go(index + 1);
    else if (event.key === 'ArrowUp') go(index - 1);
    else if (event.key === 'Home') go(0);
    else if (event.key === 'End') go(-1);
    else if (event.key === 'Escape' || event.key === 'Tab') closeMenu();
    else if (event.key.length === 1 && event.key !== ' ' && !event.ctrlKey && !event.metaKey) {
      const letter = event.key.toLowerCase();
      const hit = [...items.slice(index + 1), ...items.slice(0, index + 1)].find((el) => el.textContent.trim().toLowerCase().startsWith(letter));
      hit?.focus();
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  (box.querySelector('[aria-selected="true"]') ?? box.querySelector('[role^="menuitem"], [role="option"]'))?.focus();
}

document.addEventListener('pointerdown', (event) => {
  if (open && !open.box.contains(event.target)) closeMenu(false);
});
addEventListener('resize', () => closeMenu(false));

function menuItem(label, action, symbol) {
  return h('button', { type: 'button', role: 'menuitem', tabindex: '-1', onclick: () => { closeMenu(); action(); } }, symbol ? icon(symbol) : h('span', { class: 'icon' }), h('span', null, label));
}

function commandGroup(type, target) {
  const list = commands(type);
  const bot = nameOf(state.world.bot.id);
  const id = freshId('group');
  return h('div', { role: 'group', 'aria-labelledby': id }, h('p', { class: 'menu-head', id, role: 'presentation' }, t('commandsOf', { bot })),
    list.map((c) => menuItem(localised(c, 'name'), () => interact.command(c.name, type, undefined, target), 'spark')),
    list.length ? null : h('p', { class: 'menu-none' }, t('noMenu')));
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    emit('notice', t('copied'));
  } catch {
    emit('notice', text);
  }
}

/** The menu of one message. */
export function openMessageMenu(m, from, at) {
  const who = nameOf(m.author?.id, m.author);
  const ephemeral = Boolean((m.flags ?? 0) & 64);
  const box = h('div', { class: 'menu', role: 'menu', 'aria-label': t('more', { who }) },
    ephemeral ? null : menuItem(t('reply'), () => emit('reply', m), 'reply'),
    m.content ? menuItem(t('copyText'), () => copy(m.content), 'file') : null,
    menuItem(t('copyLink'), () => copy(`https://discord.com/channels/${channel()?.guild?.id ?? '@me'}/${m.channel_id}/${m.id}`), 'out'),
    ephemeral ? menuItem(t('dismiss'), () => emit('dismiss', m), 'close') : commandGroup(3, m.id));
  show(box, from, at);
}

/** The menu of one person. */
export function openUserMenu(id, from, at) {
  const who = nameOf(id);
  const known = user(id);
  const box = h('div', { class: 'menu', role: 'menu', 'aria-label': t('userMenu', { who }) },
    known && !known.bot && id !== state.as ? menuItem(t('actAs', { who }), () => emit('actas', id), 'people') : null,
    menuItem(t('mention'), () => emit('insert', `<@${id}> `), 'at'),
    known?.bot ? menuItem(t('writeBot'), () => emit('dm'), 'at') : null,
    channel()?.guild || isThread(channel()) ? commandGroup(2, id) : null);
  show(box, from, at);
}

/** A list of choices: one is taken at once, several are ticked and applied. */
export function openChoices(from, { label, options, min, max, onchoose }) {
  const many = max > 1;
  const picked = new Set(many ? options.filter((o) => o.default).map((o) => o.value) : []);
  const apply = many ? h('button', { type: 'button', class: 'button primary apply', onclick: () => { closeMenu(); onchoose([...picked]); } }, t('apply')) : null;
  const sync = () => {
    if (apply) apply.disabled = picked.size < min || picked.size > max;
  };
  const list = h('div', { role: 'listbox', 'aria-label': label, 'aria-multiselectable': many ? 'true' : undefined }, options.map((o) => {
    const el = h('button', { type: 'button', role: 'option', tabindex: '-1', 'aria-selected': String(many ? picked.has(o.value) : Boolean(o.default)) },
      h('span', { class: 'tick' }, icon('check')), h('span', null, o.emoji?.name ? `${o.emoji.name} ` : '', o.label, o.description ? h('small', null, o.description) : null));
    el.addEventListener('click', () => {
      if (!many) {
        closeMenu();
        onchoose([o.value]);
        return;
      }
      if (picked.has(o.value)) picked.delete(o.value);
      else if (picked.size < max) picked.add(o.value);
      el.setAttribute('aria-selected', String(picked.has(o.value)));
      sync();
    });
    return el;
  }));
  sync();
  show(h('div', { class: 'menu choices' }, many ? h('p', { class: 'menu-head' }, t('chooseN', { min, max })) : null, list, apply), from);
}
