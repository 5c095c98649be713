// A text field with a list of suggestions under it (ARIA combobox): choices, people, channels, roles, yes/no, live autocomplete.
import { h, fill, freshId } from './dom.js';
import { t } from './texts.js';

/**
 * Makes the field. `find(text)` gives `[{name, value, hint?}]`, at once or as a promise; `wait` debounces it.
 * `free`: typed text counts even if nothing was chosen. `value()` is the chosen value, the text, or undefined.
 */
export function combo({ id, label, find, free, wait = 0, required, onenter, describedby }) {
  const listId = freshId('suggestions');
  const list = h('ul', { id: listId, role: 'listbox', class: 'suggestions', 'aria-label': label, hidden: true });
  const input = h('input', {
    id, type: 'text', role: 'combobox', autocomplete: 'off', spellcheck: 'false', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': listId,
    'aria-required': String(Boolean(required)), 'aria-describedby': describedby,
  });
  const status = h('span', { class: 'sr', role: 'status' });
  let found = [];
  let active = -1;
  let chosen;
  let turn = 0;
  let timer;

  const hide = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const mark = (index) => {
    active = index;
    [...list.children].forEach((el, i) => el.setAttribute('aria-selected', String(i === index)));
    const el = list.children[index];
    if (el) {
      input.setAttribute('aria-activedescendant', el.id);
      el.scrollIntoView({ block: 'nearest' });
    } else input.removeAttribute('aria-activedescendant');
  };
  const take = (index) => {
    chosen = found[index];
    input.value = chosen.name;
    turn += 1;
    hide();
  };
  // Above the field, outside any scrolling box, as tall as there is room.
  const place = () => {
    const box = input.getBoundingClientRect();
    const width = Math.min(Math.max(box.width, 240), innerWidth - 16);
    list.style.width = `${width}px`;
    list.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
    list.style.bottom = `${innerHeight - box.top + 4}px`;
    list.style.maxHeight = `${Math.max(120, Math.min(280, box.top - 16))}px`;
  };
  const show = async () => {
    const mine = (turn += 1);
    const items = await find(input.value);
    if (mine !== turn || document.activeElement !== input) return;
    found = items.slice(0, 25);
    fill(list, found.length ? found.map((item, i) => h('li', { id: `${listId}-${i}`, role: 'option', 'aria-selected': 'false',
      onpointerdown: (event) => { event.preventDefault(); take(i); } }, item.name, item.hint ? h('small', null, item.hint) : null))
      : h('li', { class: 'none', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, t('noSuggestion')));
    if (!found.length && free) {
      hide();
      return;
    }
    place();
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    status.textContent = t('suggestions', { n: found.length });
    mark(!free && found.length ? 0 : -1);
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(show, wait);
  };
  input.addEventListener('input', () => {
    chosen = undefined;
    later();
  });
  input.addEventListener('focus', later);
  input.addEventListener('click', () => list.hidden && later());
  input.addEventListener('blur', () => {
    turn += 1;
    clearTimeout(timer);
    if (!chosen && !free) settle();
    hide();
  });
  input.addEventListener('keydown', (event) => {
    const isOpen = !list.hidden;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen) show();
      else if (found.length) mark((active + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % found.length);
    } else if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      if (isOpen && active >= 0) take(active);
      onenter?.();
    } else if (event.key === 'Tab' && isOpen && active >= 0 && (free || input.value)) {
      take(active);
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      turn += 1;
      hide();
    }
  });
  const settle = () => {
    const typed = input.value.trim().toLowerCase();
    chosen = typed ? found.find((item) => item.name.toLowerCase() === typed) : undefined;
  };
  return {
    input,
    element: h('div', { class: 'combo' }, input, list, status),
    value: () => chosen?.value ?? (free ? input.value : undefined),
    text: () => input.value,
    set: (text, value) => {
      input.value = text;
      chosen = value === undefined ? undefined : { name: text, value };
    },
  };
}

/** Filters items by what is typed: names that begin with it first, then names that contain it. */
export function matching(items, text) {
  const typed = text.trim().toLowerCase().replace(/^[@#]/, '');
  const starts = items.filter((i) => i.name.toLowerCase().replace(/^[@#]/, '').startsWith(typed));
  const holds = items.filter((i) => !starts.includes(i) && i.name.toLowerCase().includes(typed));
  return [...starts, ...holds];
}
