// Modals of the bot and small questions of the page, in native dialogs (focus stays inside, Esc closes).
import { h, iconButton, freshId, returnFocus } from './dom.js';
import { render } from './markdown.js';
import { interact } from './interact.js';
import { markdownContext, nameOf, state } from './state.js';
import { t } from './texts.js';

const PARAGRAPH = 2;

/** All text inputs and texts of a modal, whether in action rows or in labels. */
function partsOf(components) {
  const out = [];
  for (const part of components ?? []) {
    if (part.type === 1) out.push(...partsOf(part.components));
    else if (part.type === 18 && part.component) out.push({ ...part.component, label: part.label, description: part.description });
    else out.push(part);
  }
  return out;
}

/** Opens a modal the bot answered with. */
export function openModal(modal, source) {
  const inputs = [];
  const body = partsOf(modal.components).map((part) => {
    if (part.type === 10) {
      const text = h('div', { class: 'text' });
      text.append(render(part.content ?? '', markdownContext));
      return text;
    }
    if (part.type !== 4) return null;
    const field = inputField(part);
    inputs.push(field);
    return field.element;
  });
  const submit = h('button', { type: 'submit', class: 'button primary' }, t('submit'));
  const dialog = frame(modal.title, [
    h('p', { class: 'quiet' }, nameOf(state.world.bot.id)),
    ...body,
    h('div', { class: 'actions' }, h('button', { type: 'button', class: 'button plain', onclick: () => dialog.close() }, t('cancel')), submit),
  ], async () => {
    const wrong = inputs.filter((field) => !field.check());
    if (wrong.length) {
      wrong[0].input.focus();
      return;
    }
    submit.disabled = true;
    submit.setAttribute('aria-busy', 'true');
    const answer = await interact.modal(modal, Object.fromEntries(inputs.map((f) => [f.id, f.input.value])), source);
    submit.disabled = false;
    submit.removeAttribute('aria-busy');
    // What was typed stays when the answer failed.
    if (answer?.kind !== 'failed') dialog.close();
  });
  dialog.dataset.custom = modal.custom_id;
  inputs[0]?.input.focus();
  return dialog;
}

function inputField(part) {
  const id = freshId('field');
  const required = part.required !== false;
  const min = part.min_length ?? 0;
  const max = part.max_length ?? 4000;
  const error = h('p', { class: 'error', id: `${id}-error`, 'aria-live': 'polite' });
  const left = h('small', { class: 'count', 'aria-hidden': 'true' });
  const input = h(part.style === PARAGRAPH ? 'textarea' : 'input', {
    id, name: part.custom_id, placeholder: part.placeholder, autocomplete: 'off', 'aria-describedby': `${id}-error`, 'aria-required': String(required),
    maxLength: max, ...(part.style === PARAGRAPH ? { rows: '5' } : { type: 'text' }),
  });
  input.value = part.value ?? '';
  const count = () => {
    const remaining = max - input.value.length;
    left.textContent = remaining <= Math.max(20, max / 10) ? t('charsLeft', { n: remaining }) : '';
  };
  const check = () => {
    const value = input.value;
    let problem = '';
    if (required && !value.trim()) problem = t('fieldRequired');
    else if (value && value.length < min) problem = t('minLength', { n: min });
    error.textContent = problem;
    input.setAttribute('aria-invalid', String(Boolean(problem)));
    return !problem;
  };
  input.addEventListener('input', () => {
    count();
    if (error.textContent) check();
  });
  count();
  const label = h('label', { for: id }, part.label ?? part.custom_id, required ? h('span', { class: 'need' }, ` (${t('required')})`) : null);
  return { id: part.custom_id, input, check, element: h('div', { class: 'field' }, label, part.description ? h('small', null, part.description) : null, input, h('div', { class: 'under' }, error, left)) };
}

/** A yes/no question of the page itself. */
export function ask(title, text, yes) {
  return new Promise((resolve) => {
    let sure = false;
    const dialog = frame(title, [
      h('p', null, text),
      h('div', { class: 'actions' }, h('button', { type: 'button', class: 'button plain', onclick: () => dialog.close() }, t('cancel')), h('button', { type: 'submit', class: 'button careful' }, yes)),
    ], () => {
      sure = true;
      dialog.close();
    });
    dialog.addEventListener('close', () => resolve(sure));
  });
}

function frame(title, children, onsubmit) {
  const before = document.activeElement;
  const id = freshId('dialog');
  const form = h('form', { novalidate: true, onsubmit: (event) => { event.preventDefault(); onsubmit(); } },
    h('div', { class: 'dialog-head' }, h('h2', { id }, title), iconButton('close', t('close'), () => dialog.close())), children);
  form.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onsubmit();
    }
  });
  const dialog = h('dialog', { 'aria-labelledby': id }, form);
  dialog.addEventListener('close', () => {
    dialog.remove();
    returnFocus(before);
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
