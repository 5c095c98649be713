// The pictures the README shows: `just screenshots` writes them to docs/screenshots/. Looking at them is part of a change to the page.
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, Sandbox, Visit, launch } from './sandbox.js';

const folder = join(ROOT, 'docs', 'screenshots');
mkdirSync(folder, { recursive: true });
const browser = await launch();

for (const locale of ['de', 'en']) {
  const sandbox = await Sandbox.start('--demo', '--language', locale);
  const say = (de, en) => (locale === 'de' ? de : en);
  const title = say('Rechnung 4711 doppelt abgebucht', 'Invoice 4711 charged twice');
  await played(sandbox);
  const shoot = async (name, place, look) => {
    const visit = await Visit.begin(browser, sandbox, { locale, width: 920, height: 560, ...place });
    await look(visit);
    // Away from everything that would show a hover or a caret.
    await visit.page.mouse.move(0, 0);
    await visit.page.evaluate(() => document.activeElement?.blur());
    await visit.page.waitForTimeout(300);
    const path = join(folder, `${name}-${locale}.png`);
    await visit.page.screenshot({ path, animations: 'disabled', caret: 'hide' });
    console.log(`${path.slice(ROOT.length)}: ${Math.round(statSync(path).size / 1024)} KB`);
    await visit.end();
  };
  await shoot('case', { as: 'Anna', channel: title, height: 660 }, async (visit) => {
    const card = visit.page.locator('#scroll li.message', { has: visit.button('Übernehmen', 'Claim') });
    await card.waitFor();
    await visit.page.locator('#scroll').evaluate((it) => { it.scrollTop = 0; });
    await visit.page.waitForTimeout(200);
    await visit.page.locator('.jump').evaluate((it) => { it.hidden = true; });
  });
  await shoot('draft', { as: 'Anna', channel: 'support', height: 660 }, async (visit) => {
    const found = visit.message(say('Ruhigere Fassung', 'Calmer version'));
    await found.scrollIntoViewIfNeeded();
    await visit.page.locator('#scroll').evaluate((it) => { it.scrollTop = it.scrollHeight; });
  });
  await shoot('reminder', { as: 'Anna', channel: title, scheme: 'dark' }, async (visit) => {
    const form = await visit.command(say('nachfassen neu', 'followup add'));
    const fields = form.locator('input');
    await fields.nth(0).fill(say('Kim zurückrufen', 'Call Kim back'));
    await fields.nth(1).fill(say('in 30 Minuten', 'in 30 minutes'));
    await fields.nth(1).press('Control+Enter');
    await visit.sees(say('Kim zurückrufen', 'Call Kim back'));
    await sandbox.ask('clock', { to: 'next_due' });
    await visit.sees(say('jetzt ist dran', 'it is time'));
  });
  await shoot('workshop', { hash: `as=Anna&channel=support&locale=${locale}&panel=workshop`, width: 1104 }, async (visit) => {
    await visit.page.locator('.requests > li').first().waitFor();
    await visit.page.locator('.fault-groups').evaluate((it) => { for (const group of it.children) group.open = false; });
    await visit.page.locator('#workshop').evaluate((it) => { it.scrollTop = 430; });
  });
  await sandbox.stop();
}
await browser.close();

/** Waits until the demonstration has come to its end: what was kept about its customer is erased. */
async function played(sandbox) {
  const [kim, support] = [await sandbox.person('Kim'), await sandbox.channel('support', 'Kim')];
  for (let i = 0; i < 120; i += 1) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const messages = await sandbox.ask(`channels/${support}/messages?as=${kim}&limit=50`);
    if (messages.some((it) => /^(Gelöscht|Erased)\./.test(it.content))) return;
  }
  throw new Error('the demonstration did not come to its end');
}
