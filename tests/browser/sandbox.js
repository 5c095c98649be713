// The real program and a real browser. Invariant: a page that logs an error, or asks anything of anybody but the sandbox, fails
// its test.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
const installed = createRequire(join(target, 'browser', 'package.json'));
const { chromium } = installed('playwright-core');

/** The accessibility checker's script. */
export const AXE = installed.resolve('axe-core/axe.min.js');
export const ROOT = root;
const PROGRAM = process.env.RUHEPOL ?? join(target, 'debug', 'ruhepol');
const PATIENCE = 15_000;

/** A running `ruhepol sandbox` with a folder of its own. */
export class Sandbox {
  static async start(...options) {
    const sandbox = new Sandbox();
    sandbox.folder = mkdtempSync(join(tmpdir(), 'ruhepol-browser-'));
    sandbox.port = 0;
    await sandbox.run(options);
    return sandbox;
  }

  async run(options = []) {
    const began = performance.now();
    this.process = spawn(PROGRAM, ['sandbox', '--port', String(this.port), '--data', this.folder, ...options], { stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    this.process.stderr.on('data', (part) => { log = (log + part).slice(-4000); });
    const lines = createInterface({ input: this.process.stdout });
    const address = await Promise.race([once(lines, 'line').then(([line]) => line), once(this.process, 'exit').then(() => null)]);
    assert.ok(address, `the sandbox did not start: ${log}`);
    this.url = address.trim();
    this.port = Number(new URL(this.url).port);
    this.ready = performance.now() - began;
  }

  /** As a power cut ends it. */
  async kill() {
    const gone = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await gone;
  }

  async stop() {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A control route; `body` makes it a POST. */
  async ask(path, body) {
    const answer = await fetch(`${this.url}/_sandbox/${path}`, body === undefined ? {} : { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return answer.json();
  }

  /** What somebody's world calls `name`: a channel's id. */
  async channel(name, as) {
    const world = await this.ask(`world${as ? `?as=${await this.person(as)}` : ''}`);
    return world.guilds.flatMap((g) => g.channels).find((c) => c.name === name)?.id;
  }

  /** What an administrator does once. */
  async setUp(language = 'de') {
    const as = await this.person('Admin');
    const guild = (await this.ask(`world?as=${as}`)).guilds[0];
    const named = (list, name) => list.find((it) => it.name === name).id;
    const channel_id = named(guild.channels, 'fälle');
    const options = Object.entries({
      agent_role: named(guild.roles, 'Team'), lead_role: named(guild.roles, 'Leitung'), case_channel: channel_id,
      alert_channel: named(guild.channels, 'leitung'), language,
    }).map(([name, value]) => ({ name, value }));
    const answer = await this.ask('interactions/command', { as, locale: 'de', channel_id, name: 'setup', options });
    assert.notEqual(answer.kind, 'failed', answer.reason);
  }

  /** A request with the bot's token, which is made from its id and good for this server only. */
  async asBot(path, body, method = body ? 'POST' : 'GET') {
    const { bot } = await this.ask('world');
    const head = Buffer.from(bot.id).toString('base64').replace(/=+$/, '');
    const tail = Buffer.from(`loopback-only-${bot.id.padStart(20, '0')}`).toString('base64url').slice(0, 38);
    const headers = { Authorization: `Bot ${head}.Sandbo.${tail}`, ...(body && !(body instanceof FormData) && { 'Content-Type': 'application/json' }) };
    return fetch(`${this.url}/api/v10/${path}`, { method, headers, body: body instanceof FormData ? body : body && JSON.stringify(body) });
  }

  async person(name) {
    return (await this.ask('world')).users.find((u) => u.global_name === name).id;
  }
}

export const launch = () => chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  // As root Chromium has no sandbox of its own; every name but ours leads nowhere.
  args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1', '--disable-dev-shm-usage'],
});

/** A promise, and what keeps it. */
export function signal() {
  let keep;
  return [new Promise((resolve) => { keep = resolve; }), keep];
}

/** A page of somebody at some place, with what must not happen on it being watched. */
export class Visit {
  static async begin(browser, sandbox, { as, channel, locale = 'de', scheme = 'light', width = 1280, height = 800, hash } = {}) {
    const visit = new Visit();
    visit.sandbox = sandbox;
    visit.locale = locale;
    visit.context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale: locale === 'de' ? 'de-DE' : 'en-GB', acceptDownloads: true });
    visit.context.setDefaultTimeout(PATIENCE);
    visit.page = await visit.context.newPage();
    visit.watch();
    const place = hash ?? Object.entries({ as, channel, locale }).filter(([, v]) => v).map(([k, v]) => `${k}=${encodeURIComponent(v)}`).join('&');
    await visit.page.goto(`${sandbox.url}/#${place}`);
    await visit.page.locator('#side .channel').first().waitFor({ state: 'attached' });
    return visit;
  }

  watch() {
    this.asked = [];
    this.errors = [];
    this.outage = false;
    const note = (url) => this.asked.push(url);
    // The protocol of the browser itself: nothing that goes over the network escapes it.
    this.page.on('request', (request) => note(request.url()));
    this.page.on('websocket', (socket) => note(socket.url()));
    this.page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !this.outage) this.errors.push(`${message.text()} ${message.location().url}`);
    });
    this.page.on('pageerror', (error) => this.errors.push(String(error.stack ?? error)));
  }

  /** Ends the visit and asserts what must hold for every page. */
  async end() {
    await this.context.close();
    const elsewhere = this.asked.filter((url) => !/^(data:|blob:)/.test(url) && new URL(url).host !== `127.0.0.1:${this.sandbox.port}`);
    assert.deepEqual(elsewhere, [], 'no request leaves loopback');
    assert.ok(this.asked.length > 5, 'requests were seen at all');
    assert.deepEqual(this.errors, [], 'no error on the console');
  }

  /**
   * Holds back what the page asks for at an address, `early` with its answer made before: a promise that it was asked for, and what lets it
   * arrive.
   */
  async hold(address, early = false) {
    const [asked, ask] = signal();
    const [held, arrive] = signal();
    await this.page.route(address, async (route) => {
      const response = early ? await route.fetch() : null;
      ask();
      await held;
      return response ? route.fulfill({ response }) : route.continue();
    });
    return [asked, arrive];
  }

  /** The text for a language. */
  say(de, en) {
    return this.locale === 'de' ? de : en;
  }

  button(de, en = de) {
    return this.page.getByRole('button', { name: this.say(de, en), exact: true });
  }

  /** Runs a script of ours in the page; through the browser's protocol, as the page itself lets nothing foreign in. */
  async inject(file) {
    const browser = await this.context.newCDPSession(this.page);
    await browser.send('Runtime.evaluate', { expression: readFileSync(file, 'utf8') });
  }

  /** Chooses another person in the switcher. */
  async be(name) {
    const label = await this.page.locator('#acting option', { hasText: `${name} ·` }).innerText();
    await this.page.locator('#acting').selectOption({ label });
    await this.page.waitForFunction((wanted) => document.querySelector('#acting')?.selectedOptions[0]?.text.startsWith(`${wanted} ·`) && decodeURIComponent(location.hash).includes(`as=${wanted}&`), name);
  }

  async go(name) {
    await this.page.locator(`#side .channel[data-channel=${JSON.stringify(name)}]`).first().click();
    await this.page.locator('#head h1', { hasText: name }).waitFor();
  }

  /** Types into the message box and sends it with Enter. */
  async write(text) {
    const box = this.page.locator('#composer-input');
    await box.fill(text);
    await box.press('Enter');
  }

  /** Takes a command from the palette by typing its name; gives its form. */
  async command(name) {
    await this.page.locator('#composer-input').click();
    await this.page.keyboard.type(`/${name}`);
    await this.page.locator('#palette [role=option][aria-selected=true]', { hasText: `/${name}` }).waitFor();
    await this.page.keyboard.press('Enter');
    const form = this.page.locator('.command-form');
    await form.waitFor();
    return form;
  }

  /** Messages with this text; of Playwright's locators the one that waits. */
  message(text) {
    return this.page.locator('#scroll li.message', { hasText: text });
  }

  /** Asserts that what the bot asked is as Discord describes it: as told to programs, and as seen in the workshop. */
  async seesThatRequestsAreAsDescribed() {
    const asked = await this.sandbox.ask('requests');
    assert.ok(asked.length > 10, `${asked.length} requests`);
    assert.deepEqual(asked.filter((it) => it.openapi.verdict !== 'matches' || it.verdicts.length), []);
    await this.button('Werkstatt', 'Workshop').click();
    const lines = this.page.locator('.requests > li');
    await lines.nth(10).waitFor();
    const seen = await lines.evaluateAll((all) => all.map((it) => [...it.querySelectorAll('.verdict')].map((mark) => mark.textContent).join(', ')));
    assert.deepEqual([...new Set(seen)], [this.say('in den Grenzen, entspricht Discords Beschreibung', 'limits kept, matches Discord’s description')]);
  }

  /** Asserts that a message is seen. */
  async sees(text) {
    await this.message(text).last().waitFor();
    return this.message(text).last();
  }
}

let browser;

/** To be called once in a file of tests: one browser for all of them, which the answer gives while they run. */
export function withBrowser() {
  before(async () => { browser = await launch(); });
  after(() => browser.close());
  return () => browser;
}

/** A test with a sandbox of its own and one visit to it; a failure leaves a picture in target/browser/failed/. */
export function scene(name, place, work) {
  test(name, async (t) => {
    const sandbox = await Sandbox.start(...(place.options ?? []));
    try {
      const visit = await Visit.begin(browser, sandbox, place);
      try {
        await work(visit, sandbox, t);
      } catch (error) {
        const folder = join(target, 'browser', 'failed');
        mkdirSync(folder, { recursive: true });
        await visit.page.screenshot({ path: join(folder, `${name.replace(/[^\w]+/g, '-').slice(0, 80)}.png`) }).catch(() => {});
        await visit.context.close();
        throw error;
      }
      await visit.end();
    } finally {
      await sandbox.stop();
    }
  });
}
