// What the page owes everybody who uses it: nothing lost, nothing seen by the wrong person, keys instead of a mouse, dark and
// narrow screens, odd texts, and a workshop that tells the truth.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, Visit, scene, signal, withBrowser } from './sandbox.js';

const browser = withBrowser();
const anna = { as: 'Anna', channel: 'fälle' };

scene('the first paint comes soon after the command', anna, async (visit, sandbox, t) => {
  const paint = await visit.page.evaluate(() => new Promise((resolve) => {
    new PerformanceObserver((list) => list.getEntriesByName('first-contentful-paint').forEach((it) => resolve(it.startTime)))
      .observe({ type: 'paint', buffered: true });
  }));
  t.diagnostic(`address printed ${Math.round(sandbox.ready)} ms after the command, first contentful paint ${Math.round(paint)} ms after opening it`);
  // The goal is one second from the command; what a busy machine makes of it is reported, not judged.
  assert.ok(paint < 5000, `painted ${paint} ms after opening`);
});

scene('the scripts are small and nothing comes from elsewhere', anna, async () => {
  const folder = join(ROOT, 'assets', 'sandbox');
  const bytes = readdirSync(folder).filter((name) => name.endsWith('.js')).map((name) => readFileSync(join(folder, name)).length);
  const all = bytes.reduce((a, b) => a + b, 0);
  assert.ok(all <= 150_000, `${all} bytes of script`);
});

scene('a slash command by keys alone, from the empty box to the answer', { ...anna, locale: 'en' }, async (visit, sandbox) => {
  const { page } = visit;
  await sandbox.setUp();
  await page.keyboard.press('/');
  await page.locator('#palette').waitFor();
  await page.keyboard.type('followup a');
  await page.locator('#palette [aria-selected=true]', { hasText: '/followup add' }).waitFor();
  await page.keyboard.press('Tab');
  await page.locator('.command-form').waitFor();
  await page.keyboard.type('Water the plants');
  await page.keyboard.press('Enter');
  await page.keyboard.type('in 3 hours');
  await page.locator('.suggestions li').first().waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+Enter');
  await visit.sees('Water the plants');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'composer-input', 'the focus is back in the box');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.getByRole('menu').waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'composer-input');
});

scene('what only one person may see is seen by that person only, also in a window beside it', anna, async (visit, sandbox) => {
  const ben = await Visit.begin(browser(), sandbox, { as: 'Ben', channel: 'fälle' });
  const form = await visit.command('hilfe');
  await form.getByRole('button', { name: 'Ausführen' }).click();
  const own = visit.page.locator('#scroll li.message.ephemeral');
  await own.waitFor();
  await own.getByText('Nur du kannst das sehen').waitFor();
  await visit.write('Bis gleich');
  await ben.sees('Bis gleich');
  assert.equal(await ben.page.locator('.ephemeral').count(), 0);
  await ben.page.reload();
  await ben.sees('Bis gleich');
  assert.equal(await ben.page.locator('.ephemeral').count(), 0, 'nor after a reload');
  await visit.page.reload();
  await own.waitFor();
  await own.getByRole('button', { name: 'Ausblenden' }).click();
  await own.waitFor({ state: 'detached' });
  await ben.end();
});

scene('the browser closed and opened again finds person, place and conversation', { as: 'Ben', channel: 'support', locale: 'en' }, async (visit) => {
  await visit.write('Still here?');
  await visit.sees('Still here?');
  await visit.page.close();
  visit.page = await visit.context.newPage();
  visit.watch();
  await visit.page.goto(visit.sandbox.url);
  await visit.sees('Still here?');
  assert.equal(await visit.page.locator('#acting').evaluate((it) => it.selectedOptions[0].text.split(' ')[0]), 'Ben');
  assert.equal(await visit.page.locator('html').getAttribute('lang'), 'en');
  await visit.page.locator('.sample').first().waitFor();
});

scene('a change that comes while another channel is on its way leaves no error', { as: 'Anna', channel: 'support' }, async (visit) => {
  const { page } = visit;
  await visit.write('Guten Morgen');
  await visit.sees('Guten Morgen');
  const [asked, arrive] = await visit.hold('**/channels/*/messages?*');
  await page.locator('#side .channel[data-channel="allgemein"]').first().click();
  await asked;
  await page.locator('button[lang=en]').click();
  await page.getByText('Write to the bot').waitFor();
  assert.equal(await page.getByText('It is still quiet here.').count(), 0, 'what is on its way is not called empty');
  arrive();
  await page.locator('#head h1', { hasText: 'allgemein' }).waitFor();
  assert.equal(await visit.message('Guten Morgen').count(), 0);
});

scene('what comes while messages are on their way is seen, whatever the answer holds', { as: 'Anna', channel: 'support' }, async (visit, sandbox) => {
  const { page } = visit;
  const place = { as: await sandbox.person('Ben'), channel_id: await sandbox.channel('allgemein') };
  await sandbox.ask('messages', { ...place, content: 'Guten Morgen' });
  const [asked, arrive] = await visit.hold(`**/channels/${place.channel_id}/messages?*`, true);
  await page.locator('#side .channel[data-channel="allgemein"]').first().click();
  await asked;
  await sandbox.ask('messages', { ...place, content: 'Jemand da?' });
  await visit.sees('Jemand da?');
  assert.equal(await visit.message('Guten Morgen').count(), 0, 'that is in the answer, which is on its way');
  arrive();
  await visit.sees('Guten Morgen');
  await visit.sees('Jemand da?');
});

scene('what comes before the first connection stands is seen, and a first one that fails is made good', anna, async (visit, sandbox) => {
  const { page } = visit;
  const place = { as: await sandbox.person('Ben'), channel_id: await sandbox.channel('fälle') };
  let attempts = 0;
  const [tried, tries] = signal();
  const [held, connect] = signal();
  await page.routeWebSocket('**/_sandbox/events?*', async (socket) => {
    attempts += 1;
    if (attempts === 2) return socket.close();
    if (attempts === 1) {
      tries();
      await held;
    }
    return socket.connectToServer();
  });
  await page.reload();
  await tried;
  await sandbox.ask('messages', { ...place, content: 'Guten Morgen' });
  connect();
  await visit.sees('Guten Morgen');
  await page.reload();
  await page.locator('#notice').getByText('Wieder verbunden').waitFor();
  await sandbox.ask('messages', { ...place, content: 'Jetzt aber' });
  await visit.sees('Jetzt aber');
});

scene('a server that is gone is said to be gone, keeps what was typed, and comes back', anna, async (visit, sandbox) => {
  visit.outage = true;
  await sandbox.kill();
  await visit.page.locator('#notice').getByText('Verbindung zur Sandbox verloren').waitFor();
  await visit.write('Geht das verloren?');
  await visit.page.locator('#notice').getByText('Die Nachricht ist nicht angekommen').waitFor();
  assert.equal(await visit.page.locator('#composer-input').inputValue(), 'Geht das verloren?');
  await sandbox.run();
  await visit.page.locator('#notice').getByText('Wieder verbunden').waitFor();
  visit.outage = false;
  await visit.page.locator('#composer-input').press('Enter');
  await visit.sees('Geht das verloren?');
});

scene('light and dark follow the system until somebody chooses', { ...anna, scheme: 'dark' }, async (visit) => {
  const shade = () => visit.page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0));
  assert.ok(await shade() < 200, 'dark as the system');
  await visit.page.getByRole('button', { name: 'Farben: System' }).click();
  assert.ok(await shade() > 600, 'light as chosen');
  await visit.page.reload();
  await visit.page.locator('#side .channel').first().waitFor();
  assert.ok(await shade() > 600, 'and still so after a reload');
  await visit.page.getByRole('button', { name: 'Farben: hell' }).click();
  assert.ok(await shade() < 200, 'dark as chosen');
});

scene('on a screen 360 points wide nothing sticks out and everything is reached', { ...anna, width: 360, height: 640 }, async (visit) => {
  const { page } = visit;
  const fits = async (what) => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth && document.getElementById('scroll').scrollWidth <= innerWidth), what);
  await visit.write(`Lang: ${'Donaudampfschifffahrtsgesellschaft'.repeat(6)}\n\`\`\`\n${'x'.repeat(300)}\n\`\`\``);
  await visit.sees('Lang:');
  await fits('a long word');
  await page.getByRole('button', { name: 'Kanäle zeigen' }).click();
  await visit.go('allgemein');
  await visit.command('fall öffnen');
  await fits('a form');
  await page.keyboard.press('Escape');
  await visit.button('Rundgang').click();
  await fits('the tour');
  await page.locator('#tour-do').scrollIntoViewIfNeeded();
  await visit.button('Beenden').or(page.locator('.tour .icon-button')).first().click();
  await visit.button('Werkstatt').click();
  await page.locator('#clock-next').click();
  // A team that is set up has its morning ahead.
  await page.getByText(/Es steht nichts an|Als Nächstes steht an/).first().waitFor();
  await fits('the workshop');
});

scene('huge, right-to-left and emoji texts stay in their place, and markup stays text', { as: 'Kim', channel: 'support' }, async (visit) => {
  const { page } = visit;
  await visit.write(`شكرا جزيلا، الفاتورة 4711 غير صحيحة.`);
  await visit.write('👩‍👩‍👧‍👦🇩🇪 ok');
  await visit.write('<img src=x onerror="document.title=1"> <b>nicht fett</b> [x](javascript:alert(1))');
  await page.locator('#composer-input').fill('m'.repeat(2000));
  await page.keyboard.press('Enter');
  await visit.sees('mmmm');
  const rtl = page.locator('#scroll .text p', { hasText: '4711' });
  assert.equal(await rtl.evaluate((it) => getComputedStyle(it).direction), 'rtl', 'Arabic runs from the right');
  assert.equal(await page.locator('#scroll .text img, #scroll .text b, #scroll a[href^=javascript]').count(), 0);
  assert.ok(await page.evaluate(() => document.getElementById('scroll').scrollWidth <= document.getElementById('scroll').clientWidth));
});

scene('a person of another team has another server, other channels and no view of ours', { as: 'Anna', channel: 'support' }, async (visit) => {
  await visit.be('Dora');
  await visit.page.locator('#side h2', { hasText: 'Zweitfirma' }).waitFor();
  assert.equal(await visit.page.locator('#side').getByText('Musterfirma Support').count(), 0);
  await visit.page.locator('#head h1', { hasText: 'büro' }).waitFor();
  // Whoever belongs to both has both, each with its own channels.
  await visit.be('Admin');
  assert.deepEqual(await visit.page.locator('#side .place:has(.sample) h2').evaluateAll((all) => all.map((it) => it.firstChild.textContent)), ['Musterfirma Support', 'Zweitfirma']);
  await visit.go('büro');
  await visit.write('Hier ist noch jemand.');
  await visit.be('Dora');
  await visit.sees('Hier ist noch jemand.');
  await visit.be('Anna');
  assert.equal(await visit.page.locator('#side').getByText('Zweitfirma').count(), 0);
});

scene('what another person saw is not shown to the one who acts now', { as: 'Anna', channel: 'support' }, async (visit, sandbox) => {
  const { page } = visit;
  const hers = `**/_sandbox/world?as=${await sandbox.person('Anna')}`;
  const [asked, arrive] = await visit.hold(hers);
  // A new thread is a reason to look at the world anew.
  const thread = await sandbox.asBot(`channels/${await sandbox.channel('support')}/threads`, { name: 'Nebenbei', type: 11 });
  assert.ok(thread.ok, `${thread.status}`);
  await asked;
  await visit.be('Dora');
  await page.locator('#side h2', { hasText: 'Zweitfirma' }).waitFor();
  const late = page.waitForResponse(hers);
  arrive();
  await (await late).finished();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))));
  assert.equal(await page.locator('#side').getByText('Musterfirma Support').count(), 0);
});

scene('pictures, files, lists, replies, edits, reactions, typing and the menu of a person are seen and work', { as: 'Anna', channel: 'support' }, async (visit, sandbox) => {
  const { page } = visit;
  const place = `channels/${await sandbox.channel('support')}`;
  const form = new FormData();
  form.append('payload_json', JSON.stringify({ content: 'Zahlen der Woche', embeds: [{ title: 'Woche 47', image: { url: 'attachment://chart.png' } }], attachments: [{ id: 0, filename: 'chart.png', description: 'Zehn Fälle, acht gelöst' }, { id: 1, filename: 'fall-1.html' }] }));
  form.append('files[0]', new Blob([readFileSync(join(ROOT, 'docs', 'screenshots', 'case-de.png'))], { type: 'image/png' }), 'chart.png');
  form.append('files[1]', new Blob(['<h1>Fall 1</h1>'], { type: 'text/html' }), 'fall-1.html');
  assert.equal((await sandbox.asBot(`${place}/messages`, form)).status, 200);
  const chart = (await visit.sees('Zahlen der Woche')).getByRole('img', { name: 'Zehn Fälle, acht gelöst' });
  await chart.waitFor();
  await page.waitForFunction((it) => it.naturalWidth > 100, await chart.elementHandle());
  const [file] = await Promise.all([page.waitForEvent('download'), page.locator('#scroll a.file', { hasText: 'fall-1.html' }).click()]);
  assert.equal(readFileSync(await file.path(), 'utf8'), '<h1>Fall 1</h1>', 'a transcript is taken along, never opened');

  const list = { type: 3, custom_id: 'of-another-time', placeholder: 'Bitte wählen', options: [{ label: 'Eins', value: '1', description: 'das erste' }, { label: 'Zwei', value: '2' }] };
  const asked = await (await sandbox.asBot(`${place}/messages`, { content: 'Was passt?', components: [{ type: 1, components: [list] }] })).json();
  const question = await visit.sees('Was passt?');
  await question.getByRole('button', { name: 'Bitte wählen' }).press('Enter');
  await page.getByRole('listbox').getByText('das erste').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.locator('#scroll .ephemeral').waitFor();
  assert.equal((await sandbox.ask('requests')).filter((it) => it.path.includes('/callback')).length, 1, 'the bot answered the choice');

  await sandbox.asBot(`${place}/messages/${asked.id}`, { content: 'Was passt besser?' }, 'PATCH');
  await (await visit.sees('Was passt besser?')).getByText('(bearbeitet)').waitFor();
  await sandbox.asBot(`${place}/messages/${asked.id}/reactions/${encodeURIComponent('✅')}/@me`, undefined, 'PUT');
  await (await visit.sees('Was passt besser?')).getByText('✅ 1').waitFor();
  await sandbox.asBot(`${place}/typing`, undefined, 'POST');
  await page.getByText('Ruhepol schreibt …').waitFor();

  const message = await visit.sees('Was passt besser?');
  await message.hover();
  await message.getByRole('button', { name: 'Antworten' }).click();
  await visit.write('Das erste.');
  await (await visit.sees('Das erste.')).getByRole('button', { name: 'Antwort auf Ruhepol: Was passt besser?' }).waitFor();

  const { bot } = await sandbox.ask('world');
  const menu = { name: 'Wave', name_localizations: { de: 'Winken' }, type: 2 };
  assert.equal((await sandbox.asBot(`applications/${bot.id}/commands`, menu)).status, 201);
  await page.reload();
  await visit.sees('Das erste.');
  await page.locator('#people').getByRole('button', { name: 'Kim' }).click();
  await page.getByRole('menuitem', { name: 'Winken' }).click();
  await page.waitForFunction((count) => document.querySelectorAll('#scroll .ephemeral').length > count, 1);
});

scene('the workshop offers every fault there is, and shows what one did', { ...anna, locale: 'en' }, async (visit, sandbox) => {
  const { page } = visit;
  const source = readFileSync(join(ROOT, 'src', 'sandbox', 'faults.rs'), 'utf8');
  const kinds = [...source.matchAll(/rename = "(\w+)"/g)].map((hit) => hit[1]);
  await visit.button('Werkstatt', 'Workshop').click();
  const offered = await page.locator('[data-fault]').evaluateAll((all) => all.map((it) => it.dataset.fault));
  assert.deepEqual([...offered].sort(), [...kinds].sort());
  for (const name of await page.locator('[data-fault]').allInnerTexts()) assert.doesNotMatch(name, /faultNames/);
  await page.locator('[data-fault="500_before"]').click();
  await page.locator('.armed').getByText('Error 500, nothing accepted').waitFor();
  const form = await visit.command('help');
  await form.getByRole('button', { name: 'Run' }).click();
  await page.locator('.requests .s5').first().waitFor();
  // An unknown route of a bot shows as such.
  await sandbox.asBot('nowhere/at/all');
  await page.locator('.requests > li', { hasText: '/nowhere/at/all' }).getByText('no such route').waitFor();
  // Nor is a body that Discord would not understand; the field and the reason are said in the page's language.
  await sandbox.asBot(`channels/${await sandbox.channel('fälle')}/messages`, { embeds: [{ title: 'x'.repeat(257), colour: 1 }] });
  const wrong = page.locator('.requests > li', { hasText: 'differs from Discord’s description' });
  await wrong.getByText('/embeds/0/title: at most 256 characters').waitFor();
  await wrong.getByText('/embeds/0/colour: there is no such key').waitFor();
  await page.locator('.requests > li', { hasText: '/nowhere/at/all' }).getByText('is not in Discord’s description').waitFor();
  await page.getByRole('checkbox', { name: 'Only with findings' }).check();
  assert.equal(await page.locator('.requests > li').count(), 2, 'the others are fine');
  await page.getByRole('button', { name: 'DE Deutsch' }).click();
  await page.locator('.requests > li').getByText('/embeds/0/title: höchstens 256 Zeichen').waitFor();
  await page.getByRole('button', { name: 'EN English' }).click();
  await page.locator('#fault-count').waitFor();
  await page.locator('summary', { hasText: 'World' }).click();
  await page.locator('[data-fault=dm_closed]').click();
  await page.locator('#notice').getByText('Close direct messages').waitFor();
  await page.locator('[data-fault=channel_deleted]').click();
  await page.locator('#side .channel[data-channel="fälle"]').waitFor({ state: 'detached' });
});
