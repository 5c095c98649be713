// The guided tour: five short steps, each of which can be done by hand or at the press of a button. The commands it
// needs are named in NEEDS; a step whose command is not registered says so.
import * as api from './api.js';
import { h, fill, iconButton } from './dom.js';
import { move, workday } from './drawer.js';
import { interact } from './interact.js';
import { state, complain, emit, recall, store } from './state.js';
import { t, discordLocale, language } from './texts.js';

const WORDS = {
  de: [
    ['Einen Fall aus einer Nachricht eröffnen', 'Kim schreibt in #support. Im Menü der Nachricht (⋯) steht „Fall öffnen“; der Titel ist schon ausgefüllt. Der Fall bekommt einen Thread in #fälle, den Kim nicht sieht. Das Team richtet der Rundgang dafür ein, wie sonst /einrichten.'],
    ['Einen hitzigen Entwurf prüfen', 'Mit /entwurf liest der Bot einen Text vor dem Absenden. Er nennt, was heftig klingen könnte, warum, und schlägt Ruhigeres vor. Nur du siehst das.'],
    ['Ein Versprechen geben und die Uhr stellen', 'Mit /nachfassen merkt sich der Bot, was wann zugesagt ist. Die Uhr der Werkstatt springt weiter, und die Erinnerung kommt.'],
    ['Bericht und Morgenüberblick', 'Mit /bericht sieht die Leitung Zahlen zum Team, nie zu einzelnen Personen. Dann springt die Uhr auf den Beginn des nächsten Arbeitstags, und in #fälle steht der Morgenüberblick.'],
    ['Was gespeichert ist, und löschen', 'Mit /datenschutz siehst du, was über dich gespeichert ist. Du kannst es mitnehmen oder löschen; gelöscht wird erst, wenn du es bestätigst.'],
  ],
  en: [
    ['Open a case from a message', 'Kim writes in #support. The message’s menu (⋯) holds “Open case”; the title is filled in already. The case gets a thread in #fälle that Kim does not see. The tour sets the team up for it, as /setup would.'],
    ['Check a heated draft', 'With /draft the bot reads a text before it is sent. It says what may sound harsh and why, and offers calmer words. Only you see it.'],
    ['Make a promise and move the clock', 'With /followup the bot remembers what was promised for when. The workshop’s clock jumps ahead and the reminder arrives.'],
    ['Report and morning overview', 'With /report the lead sees numbers about the team, never about single persons. Then the clock jumps to the start of the next working day, and #fälle has the morning overview.'],
    ['What is stored, and erasing it', 'With /privacy you see what is stored about you. You can take it along or erase it; nothing is erased before you confirm it.'],
  ],
};

const SAMPLE = {
  de: { ask: 'Hallo, meine Rechnung vom Oktober stimmt nicht. Können Sie bitte nachsehen?', draft: 'Guten Tag Kim. Sie haben uns den Beleg schon wieder nicht geschickt. Ohne ihn geht es nicht weiter.', what: 'Frau Berger wegen der Rechnung zurückrufen', when: 'in 30 Minuten' },
  en: { ask: 'Hello, my invoice for October is wrong. Could you please take a look?', draft: 'Hello Kim. This is entirely your fault. We still need the receipt.', what: 'Call Ms Berger back about the invoice', when: 'in 30 minutes' },
};

let step = recall('tour', -1);
let box = null;
let busy = false;

export const tourOpen = () => box !== null;

const has = (path, type = 1) => {
  const [first, sub] = path.split(' ');
  const command = state.world?.commands.find((c) => (type === 1 ? c.name === first : c.name === path) && (c.type ?? 1) === type);
  return Boolean(command && (type !== 1 || !sub || command.options?.some((o) => o.name === sub)));
};

const NEEDS = [['Open case', 3], ['draft', 1], ['followup add', 1], ['report', 1], ['privacy', 1]];

const byName = (name) => state.world.users.find((u) => (u.global_name ?? u.username) === name) ?? state.world.users[0];
const room = (name) => state.world.guilds.flatMap((g) => g.channels).find((c) => c.name === name)?.id;

/** Acts as somebody in a channel, and waits until the page shows it. */
async function be(name, channelName) {
  const person = byName(name);
  if (state.as !== person.id) {
    emit('actas', person.id);
    await until(() => state.world.me === person.id);
  }
  const id = room(channelName);
  if (id && state.channelId !== id) {
    emit('goto', id);
    await until(() => state.channelId === id);
  }
  return id ?? state.channelId;
}

/** What an administrator does once: who is the team, and where cases go. */
async function setUp() {
  const admin = state.world.users.find((u) => u.kind === 'admin');
  if (!admin || !has('setup')) return;
  const guild = (await api.world(admin.id)).guilds.find((g) => g.sample);
  const wanted = { agent_role: ['roles', 'Team'], lead_role: ['roles', 'Leitung'], case_channel: ['channels', 'fälle'], alert_channel: ['channels', 'leitung'] };
  const options = Object.entries(wanted).map(([name, [list, called]]) => ({ name, value: guild?.[list].find((x) => x.name === called)?.id })).filter((o) => o.value);
  if (options.length < 4) return;
  await api.command({ as: admin.id, locale: discordLocale(), channel_id: options[2].value, name: 'setup', type: 1, options: [...options, { name: 'language', value: language() }] });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(holds) {
  for (let i = 0; i < 60 && !holds(); i += 1) await pause(100);
}

/** Waits until the bot has said what it asked more time for. */
const answered = () => until(() => !document.querySelector('.pending'));

/** Fills an open modal as a person would, and sends it. */
async function fillModal(text) {
  await until(() => document.querySelector('dialog[open] form'));
  const dialog = document.querySelector('dialog[open]');
  if (!dialog) return;
  const inputs = [...dialog.querySelectorAll('input, textarea')];
  const main = inputs.find((i) => i.tagName === 'TEXTAREA') ?? inputs[0];
  for (const field of inputs) {
    if (!text || field.value || (field !== main && field.getAttribute('aria-required') !== 'true')) continue;
    field.value = text.slice(0, field.maxLength > 0 ? field.maxLength : undefined);
    field.dispatchEvent(new Event('input'));
  }
  await pause(900);
  dialog.querySelector('form').requestSubmit();
  await until(() => !dialog.isConnected);
}

/** Runs a subcommand with string options, in the way its registration nests it. */
function run(path, values) {
  const [first, sub] = path.split(' ');
  const command = state.world.commands.find((c) => c.name === first);
  const node = sub ? command.options?.find((o) => o.name === sub) : command;
  const leaves = Object.entries(values ?? {}).map(([name, value]) => ({ name, type: node?.options?.find((o) => o.name === name)?.type ?? 3, value }));
  return interact.command(first, 1, sub ? [{ name: sub, type: node?.type ?? 1, options: leaves }] : leaves);
}

const ACTIONS = [
  async (words) => {
    await setUp();
    const channelId = await be('Anna', 'support');
    const m = await api.post(byName('Kim').id, channelId, words.ask);
    await until(() => document.getElementById(`message-${m.id}`));
    await pause(700);
    const sent = interact.command('Open case', 3, undefined, m.id);
    await fillModal();
    await sent;
  },
  async (words) => {
    await be('Anna', 'fälle');
    const sent = run('draft');
    await fillModal(words.draft);
    await sent;
  },
  async (words) => {
    await be('Anna', 'fälle');
    // About a case it is reminded of in the case's thread, about none in a direct message.
    const thread = state.world.guilds.flatMap((g) => g.channels).filter((c) => c.type === 12 && c.parent_id === state.channelId).at(-1);
    if (thread) {
      emit('goto', thread.id);
      await until(() => state.channelId === thread.id);
    }
    await run('followup add', { what: words.what, when: words.when });
    await answered();
    await pause(700);
    await move({ advance_ms: 31 * 60000 });
    if (!thread) emit('dm');
  },
  async () => {
    await be('Clara', 'leitung');
    await run('report');
    await answered();
    await pause(1500);
    await be('Clara', 'fälle');
    await move({ to: workday() });
  },
  async () => {
    await be('Anna', 'fälle');
    await run('privacy show');
    await answered();
    await pause(700);
    await run('privacy erase');
    await answered();
    const confirm = () => [...document.querySelectorAll('.message.ephemeral .button.careful')].at(-1);
    await until(confirm);
    await pause(700);
    confirm()?.click();
  },
];

/** Draws the card of the tour; `begin` opens it. */
export function drawTour(begin, focus = true) {
  if (begin && !box) {
    box = h('aside', { class: 'tour', tabindex: '-1' });
    document.getElementById('stage').before(box);
    step = step < 0 || step >= 5 ? 0 : step;
    store('tour', step);
    draw();
    if (focus) box.focus();
    // By hand the first step needs a team that is set up.
    if (step === 0) setUp().catch(() => {});
    return;
  }
  if (box) draw();
}

function close() {
  box?.remove();
  box = null;
  store('tour', -1);
  step = -1;
  document.getElementById('tour-button')?.focus();
}

function go(to) {
  step = to;
  store('tour', step);
  draw();
  box.focus();
}

function draw() {
  const [title, text] = WORDS[language()][step];
  const [command, type] = NEEDS[step];
  const able = has(command, type);
  box.setAttribute('aria-label', t('tour'));
  fill(box, h('div', { class: 'tour-head' }, h('small', null, t('tourStep', { n: step + 1, all: 5 })), iconButton('close', t('endTour'), close, { class: 'icon-button small' })),
    h('h2', null, title), h('p', null, text), able ? null : h('p', { class: 'quiet' }, t('tourMissing', { name: type === 1 ? `/${command}` : `„${command}“` })),
    h('div', { class: 'actions' }, h('button', { type: 'button', class: 'button plain', disabled: step === 0 || busy, onclick: () => go(step - 1) }, t('prev')),
      h('button', { type: 'button', class: 'button primary', id: 'tour-do', disabled: !able || busy, onclick: perform }, busy ? t('doing') : t('doIt')),
      h('button', { type: 'button', class: 'button plain', id: 'tour-next', disabled: busy, onclick: () => (step < 4 ? go(step + 1) : close()) }, step < 4 ? t('next') : t('endTour'))));
}

async function perform() {
  busy = true;
  draw();
  try {
    await ACTIONS[step](SAMPLE[language()]);
  } catch (error) {
    complain(error);
  }
  busy = false;
  if (box) {
    draw();
    document.getElementById('tour-next')?.focus();
  }
}
