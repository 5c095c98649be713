// Slash commands as a flat list of what can be run, found by their localised or registered names; and the fields of one command.
import { h, freshId } from './dom.js';
import { combo, matching } from './combo.js';
import { interact } from './interact.js';
import { state, commands, guild, nameOf, isThread, CHANNEL } from './state.js';
import { t, localised } from './texts.js';

const SUB = 1;
const GROUP = 2;

/** Every command or subcommand that can be run here: `{command, path, shown, description, options}`. */
export function runnable() {
  const out = [];
  const walk = (command, node, path, shown) => {
    const subs = (node.options ?? []).filter((o) => o.type === SUB || o.type === GROUP);
    if (subs.length) for (const sub of subs) walk(command, sub, [...path, sub], `${shown} ${localised(sub, 'name')}`);
    else out.push({ command, path, shown, registered: [command.name, ...path.map((p) => p.name)].join(' '), description: localised(node, 'description'), options: node.options ?? [] });
  };
  for (const command of commands(1)) walk(command, command, [], localised(command, 'name'));
  return out.sort((a, b) => a.shown.localeCompare(b.shown));
}

const fold = (text) => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss').replace(/\s+/g, ' ');

/** The entries that match typed text (without the slash); each may carry the rest typed after its full name. */
export function search(typed) {
  const wanted = fold(typed.trimStart());
  const all = runnable();
  const begun = all.flatMap((entry) => {
    const name = [entry.shown, entry.registered].find((n) => wanted.startsWith(`${fold(n)} `));
    return name ? [{ ...entry, rest: typed.trimStart().slice(name.length + 1).trim() }] : [];
  });
  if (begun.length) return begun;
  const trimmed = wanted.trimEnd();
  const names = (e) => [fold(e.shown), fold(e.registered)];
  const starts = all.filter((e) => names(e).some((n) => n.startsWith(trimmed)));
  const words = all.filter((e) => !starts.includes(e) && names(e).some((n) => trimmed.split(' ').every((w) => n.split(' ').some((x) => x.startsWith(w)))));
  const described = trimmed.length > 2 ? all.filter((e) => !starts.includes(e) && !words.includes(e) && fold(e.description).includes(trimmed)) : [];
  return [...starts, ...words, ...described];
}

/** Wraps leaf options into the subcommand path Discord expects. */
function nested(entry, leaves) {
  return entry.path.reduceRight((inner, node) => [{ name: node.name, type: node.type, options: inner }], leaves);
}

/** The form of one command. `onclose(ran)` is called when it is done or given up. */
export function commandForm(entry, onclose) {
  const shown = new Map();
  const error = h('p', { class: 'error', role: 'alert' });
  const fields = h('div', { class: 'fields' });
  const extras = h('div', { class: 'extras', role: 'group', 'aria-label': t('optional') });
  const hint = freshId('hint');
  const run = h('button', { type: 'submit', class: 'button primary' }, t('run'));
  const element = h('form', { class: 'command-form', novalidate: true, 'aria-label': `/${entry.shown}`,
    onsubmit: (event) => { event.preventDefault(); submit(); },
    onkeydown: (event) => {
      if (event.key === 'Escape') {
        event.preventDefault();
        onclose(false);
      } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        submit();
      }
    } },
  h('div', { class: 'command-head' }, h('strong', null, `/${entry.shown}`), h('span', { class: 'quiet' }, entry.description)),
  fields, extras, error,
  h('div', { class: 'actions' }, h('small', { class: 'quiet', id: hint }, t('optionHint')), h('button', { type: 'button', class: 'button plain', onclick: () => onclose(false) }, t('cancel')), run));

  const collect = (focusedName) => {
    const leaves = [];
    for (const option of entry.options) {
      const field = shown.get(option.name);
      if (!field) continue;
      if (option.name === focusedName) leaves.push({ name: option.name, type: option.type, value: field.text(), focused: true });
      else {
        const value = field.read();
        if (value.value !== undefined) leaves.push({ name: option.name, type: option.type, value: value.value });
      }
    }
    return nested(entry, leaves);
  };

  const next = (field) => {
    const list = [...shown.values()];
    const after = list[list.indexOf(field) + 1];
    (after?.input ?? run).focus();
  };

  const show = (option, focus) => {
    const field = optionField(option, entry, collect, () => next(field));
    shown.set(option.name, field);
    const drop = option.required ? null : h('button', { type: 'button', class: 'drop', 'aria-label': t('removeOption', { name: localised(option, 'name') }), onclick: () => {
      shown.delete(option.name);
      field.element.remove();
      chips();
      extras.querySelector('button')?.focus();
    } }, '×');
    if (drop) field.element.append(drop);
    fields.append(field.element);
    chips();
    if (focus) field.input.focus();
  };

  const chips = () => {
    const rest = entry.options.filter((o) => !shown.has(o.name));
    extras.hidden = rest.length === 0;
    extras.replaceChildren(...(rest.length ? [h('span', { class: 'quiet', 'aria-hidden': 'true' }, t('optional'))] : []), ...rest.map((o) => h('button', {
      type: 'button', class: 'chip', title: localised(o, 'description'), 'aria-label': t('addOption', { name: localised(o, 'name') }), data: { option: o.name }, onclick: () => show(o, true),
    }, `+ ${localised(o, 'name')}`)));
  };

  const submit = async () => {
    if (run.disabled) return;
    for (const option of entry.options) {
      const field = shown.get(option.name);
      if (!field) continue;
      const { problem } = field.read();
      field.input.setAttribute('aria-invalid', String(Boolean(problem)));
      if (problem) {
        error.textContent = problem;
        field.input.focus();
        return;
      }
    }
    error.textContent = '';
    run.disabled = true;
    run.setAttribute('aria-busy', 'true');
    const answer = await interact.command(entry.command.name, 1, collect());
    run.disabled = false;
    run.removeAttribute('aria-busy');
    if (answer?.kind !== 'failed') onclose(true);
  };

  const required = entry.options.filter((o) => o.required);
  const optional = entry.options.filter((o) => !o.required);
  for (const option of required) show(option);
  if (!required.length && optional.length) show(optional[0]);
  chips();
  if (entry.rest) [...shown.values()].find((f) => f.free)?.put(entry.rest);
  return { element, focus: () => ([...shown.values()][0]?.input ?? run).focus() };
}

function optionField(option, entry, collect, onenter) {
  const id = freshId('option');
  const name = localised(option, 'name');
  const about = localised(option, 'description');
  const label = h('label', { for: id }, name, option.required ? h('span', { class: 'need' }, ` (${t('required')})`) : null);
  const hint = h('small', { id: `${id}-about` }, about);
  const wrap = (control) => h('div', { class: 'option' }, label, control, hint);
  const settings = { id, label: name, required: option.required, onenter, describedby: `${id}-about` };
  const missing = () => (option.required ? { problem: t('missing', { name }) } : {});

  if (option.type === 11) {
    const input = h('input', { id, type: 'text', disabled: true, value: t('notHere') });
    return { input, element: wrap(input), text: () => '', read: () => missing(), put() {} };
  }
  const items = fixedItems(option);
  if (items || option.autocomplete) {
    const live = Boolean(option.autocomplete);
    const find = live
      ? async () => (await interact.suggestions(entry.command.name, collect(option.name))).map((c) => ({ name: localised(c, 'name'), value: c.value }))
      : (text) => matching(items, text);
    const field = combo({ ...settings, find, free: live, wait: live ? 150 : 0 });
    return {
      input: field.input, element: wrap(field.element), text: field.text, free: live, put: (text) => field.set(text),
      read() {
        const value = field.value();
        if (value === undefined || value === '') return field.text().trim() ? { problem: t('pick', { name }) } : missing();
        return checked(option, name, value);
      },
    };
  }
  const numeric = option.type === 4 || option.type === 10;
  const input = h('input', { id, type: 'text', inputmode: numeric ? (option.type === 4 ? 'numeric' : 'decimal') : undefined, autocomplete: 'off', 'aria-required': String(Boolean(option.required)),
    'aria-describedby': `${id}-about`, onkeydown: (event) => {
      if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
        event.preventDefault();
        onenter();
      }
    } });
  return {
    input, element: wrap(input), text: () => input.value, free: true, put: (text) => { input.value = text; },
    read: () => (input.value.trim() ? checked(option, name, input.value) : missing()),
  };
}

/** Checks what Discord's own client would check before it sends. */
function checked(option, name, value) {
  if (option.type === 4 || option.type === 10) {
    const number = Number(String(value).trim().replace(',', '.'));
    if (Number.isNaN(number) || (option.type === 4 && !Number.isInteger(number))) return { problem: t('noNumber', { name }) };
    const { min_value: min = -Infinity, max_value: max = Infinity } = option;
    if (number < min || number > max) return { problem: t('between', { name, min, max }) };
    return { value: number };
  }
  if (option.type === 3) {
    const { min_length: min = 0, max_length: max = 6000 } = option;
    if ([...value].length < min || [...value].length > max) return { problem: t('length', { name, min, max }) };
  }
  return { value };
}

/** What can be picked without asking the bot, or null. */
function fixedItems(option) {
  const g = guild();
  if (option.choices?.length) return option.choices.map((c) => ({ name: localised(c, 'name'), value: c.value }));
  const people = () => (g ? g.members.map((m) => m.user_id) : [state.as, state.world.bot.id]).map((id) => ({ name: `@${nameOf(id)}`, value: id }));
  const roles = () => (g?.roles ?? []).map((r) => ({ name: r.name.startsWith('@') ? r.name : `@${r.name}`, value: r.id }));
  switch (option.type) {
    case 5:
      return [{ name: t('yes'), value: true }, { name: t('no'), value: false }];
    case 6:
      return people();
    case 7:
      return (g?.channels ?? []).filter((c) => (option.channel_types?.length ? option.channel_types.includes(c.type) : true))
        .sort((a, b) => Number(isThread(a)) - Number(isThread(b))).map((c) => ({ name: c.type === CHANNEL.CATEGORY ? c.name : `#${c.name}`, value: c.id }));
    case 8:
      return roles();
    case 9:
      return [...people(), ...roles()];
    default:
      return null;
  }
}
