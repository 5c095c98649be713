// The workshop: the virtual clock, faults, and the inspector of the bot's requests.
import * as api from './api.js';
import { h, fill, iconButton } from './dom.js';
import { ask } from './modal.js';
import { state, channel, complain, guild, nameOf, emit } from './state.js';
import { described, describedMark, mark, mismatches } from './verdict.js';
import { t, clockText, civil, instant, now, syncClock, timeZone, written } from './texts.js';

const KEEP = 300;
const GROUPS = {
  rest: ['429', '500_before', '500_after', 'lose_response', 'stall'],
  socket: ['drop_socket', 'reconnect', 'invalid_session', 'replay', 'close_4014', 'close_4004'],
  world: ['channel_deleted', 'lose_permission', 'dm_closed', 'dm_open', 'user_left', 'unavailable_guild', 'available_guild'],
};

let root = null;
let clockFace = null;
let nextLine = null;
let armedList = null;
let requestList = null;
let seen = [];
let lastRequest = 0;
let timer = null;
let count = 1;
let onlyBreaches = false;
let quietLine = null;

/** Draws the drawer; it fetches on while it is shown. */
export function drawWorkshop(into) {
  root = into;
  root.setAttribute('aria-label', t('workshop'));
  clockFace = h('p', { class: 'clock-face', role: 'timer', 'aria-live': 'off' });
  nextLine = h('p', { class: 'quiet next-due' });
  armedList = h('div', { class: 'armed' });
  requestList = h('ol', { class: 'requests', 'aria-label': t('inspector') });
  quietLine = h('p', { class: 'quiet', role: 'status' });
  fill(root, h('div', { class: 'panel-head' }, h('h2', null, t('workshop')), iconButton('close', t('close'), () => emit('workshop', false))),
    h('section', { 'aria-label': t('clock') }, h('h3', null, t('clock')), clockFace, h('p', { class: 'quiet' }, t('zone', { zone: timeZone() })), nextLine, clockButtons()),
    h('section', { 'aria-label': t('faults') }, h('h3', null, t('faults')), h('p', { class: 'quiet' }, t('faultsHint')), faultButtons(), armedList),
    h('section', { 'aria-label': t('inspector') }, h('h3', null, t('inspector')), h('p', { class: 'quiet' }, t('inspectorHint')),
      h('label', { class: 'check' }, h('input', { type: 'checkbox', checked: onlyBreaches, onchange: (e) => { onlyBreaches = e.target.checked; drawRequests(); } }), t('onlyBreaches')),
      quietLine, requestList),
    h('section', null, h('button', { type: 'button', class: 'button careful', onclick: startOver }, t('reset'))));
  refreshClock();
  drawRequests();
  refreshFaults();
  refreshNext();
  clearTimeout(timer);
  poll();
}

export function refreshClock() {
  if (clockFace?.isConnected) clockFace.textContent = clockText();
}

/** Says what the bot will do next by itself, if whoever runs it told the sandbox. */
async function refreshNext() {
  try {
    const { next_due: next } = await api.clock();
    nextLine.textContent = next ? t('nextIs', { when: written(next) }) : '';
    return next;
  } catch {
    return null;
  }
}

/** Something happened; requests are likely to be new. */
export function workshopEvent(type) {
  if (type === 'RECONNECTED') {
    // A restarted server counts its requests anew.
    seen = [];
    lastRequest = 0;
    drawRequests();
  }
  if (!shown()) return;
  if (type !== 'CLOCK' && type !== 'TYPING') {
    clearTimeout(timer);
    timer = setTimeout(poll, 250);
  }
}

const shown = () => Boolean(root) && !root.hidden && root.isConnected;

function clockButtons() {
  const fieldId = 'clock-to';
  const at = civil(now());
  const two = (n) => String(n).padStart(2, '0');
  const field = h('input', { id: fieldId, type: 'datetime-local', value: `${at.year}-${two(at.month)}-${two(at.day)}T${two(at.hour)}:${two(at.minute)}` });
  return h('div', null, h('div', { class: 'buttons' },
    [[t('plusQuarter'), () => ({ advance_ms: 900000 })], [t('plusHour'), () => ({ advance_ms: 3600000 })],
      [t('tomorrow9'), () => ({ to: morning(() => true) })], [t('monday9'), () => ({ to: morning((weekday) => weekday === 1) })]].map(([text, body]) => h('button', { type: 'button', class: 'button plain', onclick: () => move(body()) }, text)),
    h('button', { type: 'button', class: 'button plain', id: 'clock-next', onclick: toNext }, t('nextDue'))),
  h('form', { class: 'inline-form', onsubmit: (event) => {
    event.preventDefault();
    const hit = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)/.exec(field.value);
    if (hit) move({ to: new Date(instant(...hit.slice(1, 6).map(Number))).toISOString() });
  } }, h('label', { for: fieldId }, t('toTime')), field, h('button', { type: 'submit', class: 'button plain' }, t('setClock'))));
}

async function toNext() {
  if (await refreshNext()) await move({ to: 'next_due' });
  else emit('notice', t('nothingDue'));
}

/** 9:00 on the first day after today whose weekday `fits`, as an instant. */
function morning(fits) {
  const at = civil(now());
  const after = (days) => new Date(Date.UTC(at.year, at.month - 1, at.day + days));
  const day = [1, 2, 3, 4, 5, 6, 7].map(after).find((it) => fits(it.getUTCDay()));
  return new Date(instant(day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate(), 9, 0)).toISOString();
}

/** The beginning of the next working day. */
export const workday = () => morning((weekday) => weekday % 6 > 0);

/** Moves the virtual clock and says where it stands. */
export async function move(body) {
  await attempt(async () => {
    const answer = await api.moveClock(body);
    syncClock(answer.now);
    refreshClock();
    emit('notice', t('clockMoved', { when: clockText() }));
  });
}

async function attempt(work) {
  try {
    await work();
  } catch (error) {
    complain(error);
  }
}

function faultButtons() {
  const times = h('input', { id: 'fault-count', type: 'number', min: '1', max: '50', value: String(count), onchange: (e) => { count = Math.max(1, Number(e.target.value) || 1); } });
  return h('div', { class: 'fault-groups' }, Object.entries(GROUPS).map(([group, kinds]) => h('details', { open: group === 'rest' }, h('summary', null, t(`faultGroups.${group}`)),
    h('p', { class: 'quiet' }, t(`faultHints.${group}`)), group === 'rest' ? h('p', { class: 'inline-form' }, h('label', { for: 'fault-count' }, t('count')), times) : null,
    h('div', { class: 'buttons' }, kinds.map((kind) => h('button', { type: 'button', class: 'button plain', data: { fault: kind }, title: target(kind) ? t('faultHere', { what: target(kind) }) : undefined, onclick: () => arm(kind) }, t(`faultNames.${kind}`)))))));
}

/** Whom or what a fault of this kind would hit, in words. */
function target(kind) {
  if (kind === 'channel_deleted' || kind === 'lose_permission') return channel() ? `#${channel().name}` : '';
  if (kind.startsWith('dm_') || kind === 'user_left') return nameOf(state.as);
  if (kind.endsWith('_guild')) return guild()?.name ?? state.world?.guilds[0]?.name;
  return '';
}

function arm(kind) {
  const body = { kind };
  if (GROUPS.rest.includes(kind) || kind === 'replay') body.count = count;
  if (kind === '429') body.retry_after = 2;
  if (kind === 'invalid_session') body.resumable = false;
  if (kind === 'channel_deleted' || kind === 'lose_permission') body.channel_id = state.channelId;
  if (kind === 'lose_permission') {
    body.permission = 'SEND_MESSAGES';
    body.guild_id = state.guildId ?? undefined;
  }
  if (kind.startsWith('dm_') || kind === 'user_left') body.user_id = state.as;
  if (kind.endsWith('_guild') || kind === 'user_left') body.guild_id = state.guildId ?? state.world.guilds[0]?.id;
  return attempt(async () => {
    await api.arm(body);
    emit('notice', t(GROUPS.world.includes(kind) ? 'faultDone' : 'faultSet', { name: t(`faultNames.${kind}`) }));
    await refreshFaults();
  });
}

async function refreshFaults() {
  let list;
  try {
    list = await api.faults();
  } catch {
    return;
  }
  if (!armedList) return;
  fill(armedList, list.length ? [h('p', null, `${t('armed')}:`), h('ul', null, list.map((f) => h('li', null, [t(`faultNames.${f.kind}`), f.count ? `× ${f.count}` : '', f.route ?? ''].filter(Boolean).join(' ')))),
    h('button', { type: 'button', class: 'button plain', onclick: lift }, t('disarm'))] : h('p', { class: 'quiet' }, t('none')));
}

const lift = () => attempt(async () => {
  await api.disarm();
  emit('notice', t('faultGone'));
  await refreshFaults();
});

async function startOver() {
  if (!(await ask(t('reset'), t('resetAsk'), t('reset')))) return;
  await attempt(async () => {
    await api.reset();
    seen = [];
    lastRequest = 0;
    drawRequests();
    emit('notice', t('resetDone'));
    emit('reload');
  });
}

async function poll() {
  clearTimeout(timer);
  if (!shown()) return;
  try {
    const list = await api.requests(lastRequest);
    if (list.length) {
      lastRequest = Math.max(...list.map((r) => r.n));
      seen = [...seen, ...list].slice(-KEEP);
      drawRequests();
      refreshFaults();
      refreshNext();
    }
  } catch {
    // The next round asks again.
  }
  timer = setTimeout(poll, 1500);
}

function drawRequests() {
  if (!requestList) return;
  const wanted = (onlyBreaches ? seen.filter((r) => r.verdicts?.length || !described(r)) : seen).slice().reverse();
  quietLine.textContent = wanted.length ? '' : t('noRequests');
  const existing = new Map([...requestList.children].map((el) => [el.dataset.n, el]));
  requestList.replaceChildren(...wanted.map((r) => existing.get(String(r.n)) ?? request(r)));
}

function request(r) {
  const bad = r.verdicts?.length ?? 0;
  const verdict = bad ? (bad === 1 ? t('breaches1') : t('breaches', { n: bad })) : t('fine');
  const everyone = r.pings?.everyone ? [t('everyone')] : [];
  const whom = [...everyone, ...(r.pings?.users ?? []).map((id) => `@${nameOf(id)}`), ...(r.pings?.roles ?? []).map((id) => `@${roleName(id)}`)];
  const talks = /messages|callback|webhooks/.test(r.path) && r.method !== 'GET';
  const details = h('details', null, h('summary', null,
    h('span', { class: 'judged' }, mark(!bad, verdict), describedMark(r)),
    h('span', { class: 'line' }, h('b', null, r.method), ' ', h('span', { class: 'path' }, shortPath(r.path))), h('span', { class: `status s${String(r.status)[0]}` }, String(r.status || '…'))));
  details.addEventListener('toggle', () => {
    if (!details.open || details.childElementCount > 1) return;
    details.append(h('div', { class: 'request-more' }, h('p', { class: 'quiet' }, `${written(r.at)} · ${r.path}`), part(t('sent'), r.body), part(t('answered'), r.response)));
  });
  const wrong = [...mismatches(r), ...(r.verdicts ?? []).map((v) => h('li', null, v))];
  return h('li', { data: { n: String(r.n) } }, details, wrong.length ? h('ul', { class: 'breaches' }, wrong) : null,
    h('p', { class: 'facts' }, [r.ack_ms !== undefined && r.ack_ms !== null ? t('ack', { n: Math.round(r.ack_ms) }) : null, talks ? (whom.length ? t('pings', { who: whom.join(', ') }) : t('pingsNone')) : null].filter(Boolean).join(' · ')));
}

const roleName = (id) => state.world?.guilds.flatMap((g) => g.roles).find((x) => x.id === id)?.name ?? id;

/** The path with names instead of ids where they are known; long ids and secrets only hide what matters. */
const shortPath = (path) => path.replace(/^\/api(?:\/v\d+)?/, '').replace(/[\w.-]{40,}|TOKEN/g, '…')
  .replace(/\d{15,}/g, (id) => (channel(id) ? `${channel(id).guild ? '#' : '@'}${channel(id).name}` : `…${id.slice(-4)}`));

function part(title, value) {
  if (value === undefined || value === null || value === '') return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return h('div', null, h('h4', null, title), h('pre', { tabindex: '0' }, h('code', null, text.length > 6000 ? `${text.slice(0, 6000)} …` : text)));
}
