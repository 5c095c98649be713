// The five steps of the tour by hand, in both languages.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { scene, withBrowser } from './sandbox.js';

withBrowser();

for (const locale of ['de', 'en']) {
  scene(`by hand, ${locale}: the five steps, over a reload and the bot's sudden end`, { as: 'Kim', channel: 'support', locale }, async (visit, sandbox) => {
    const { page } = visit;
    await visit.button('Rundgang', 'Tour').click();
    await page.locator('.tour').getByText(visit.say('Schritt 1 von 5', 'Step 1 of 5')).waitFor();
    await openCase(visit);
    await page.reload();
    await page.locator('.tour').getByText(visit.say('Schritt 1 von 5', 'Step 1 of 5')).waitFor();
    await checkDraft(visit);
    await promise(visit, sandbox);
    await report(visit);
    await privacy(visit);
    await visit.seesThatRequestsAreAsDescribed();
  });
}

async function openCase(visit) {
  const { page } = visit;
  const ask = visit.say('Guten Tag, die Rechnung 4711 wurde zweimal abgebucht.', 'Hello, invoice 4711 was charged twice.');
  await visit.write(ask);
  await visit.sees(ask);
  await visit.be('Anna');
  const message = await visit.sees(ask);
  await message.hover();
  await message.getByRole('button', { name: visit.say('Menü zur Nachricht von Kim', 'Menu for the message of Kim') }).click();
  await page.getByRole('menuitem', { name: visit.say('Fall öffnen', 'Open case') }).click();
  const form = page.getByRole('dialog');
  const title = form.getByRole('textbox').first();
  assert.equal(await title.inputValue(), ask, 'the title is filled in from the message');
  await title.fill(visit.say('Rechnung 4711 doppelt abgebucht', 'Invoice 4711 charged twice'));
  await form.getByRole('button', { name: visit.say('Absenden', 'Submit') }).click();
  const answer = await visit.sees('#1');
  await answer.locator('.only-you', { hasText: visit.say('Nur du kannst das sehen', 'Only you can see this') }).waitFor();
  await visit.go(visit.say('Rechnung 4711 doppelt abgebucht', 'Invoice 4711 charged twice'));
  const card = page.locator('#scroll li.message', { has: visit.button('Übernehmen', 'Claim') });
  await card.getByRole('button', { name: visit.say('Übernehmen', 'Claim') }).click();
  await card.getByText('@Anna').first().waitFor();
  await card.getByText(visit.say('(bearbeitet)', '(edited)')).waitFor();
  // The customer sees nothing of it.
  await visit.be('Kim');
  await page.locator('#head h1', { hasText: 'allgemein' }).waitFor();
  assert.equal(await page.locator('#side').getByText('4711').count(), 0);
  await visit.be('Anna');
  await visit.go(visit.say('Rechnung 4711 doppelt abgebucht', 'Invoice 4711 charged twice'));
  await visit.sees('@Anna');
}

async function checkDraft(visit) {
  const { page } = visit;
  const form = await visit.command(visit.say('entwurf', 'draft'));
  await form.getByRole('button', { name: visit.say('Ausführen', 'Run') }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').first().fill(visit.say(
    'Guten Tag Kim. Sie haben uns den Beleg schon wieder nicht geschickt.', 'Hello Kim. This is entirely your fault.'));
  await dialog.getByRole('button', { name: visit.say('Absenden', 'Submit') }).click();
  const answer = await visit.sees(visit.say('Ruhigere Fassung', 'Calmer version'));
  await answer.locator('.only-you', { hasText: visit.say('Nur du kannst das sehen', 'Only you can see this') }).waitFor();
  await visit.be('Ben');
  await page.locator('#head h1').waitFor();
  await visit.sees('@Anna');
  assert.equal(await visit.message(visit.say('Ruhigere Fassung', 'Calmer version')).count(), 0, 'Ben does not see what only Anna may');
  await visit.be('Anna');
  await visit.sees(visit.say('Ruhigere Fassung', 'Calmer version'));
}

async function promise(visit, sandbox) {
  const { page } = visit;
  const form = await visit.command(visit.say('nachfassen neu', 'followup add'));
  await form.getByRole('textbox', { name: visit.say('was', 'what') }).fill(visit.say('Kim den Stand sagen', 'Tell Kim the state'));
  const when = form.getByRole('combobox', { name: visit.say('wann', 'when') });
  await when.fill(visit.say('in 20 Minuten', 'in 20 minutes'));
  await page.locator('.suggestions li').first().waitFor();
  await when.press('Control+Enter');
  const noted = await visit.sees(visit.say('Kim den Stand sagen', 'Tell Kim the state'));
  await noted.getByText(visit.say('in 20 Minuten', 'in 20 minutes')).waitFor();
  visit.outage = true;
  await sandbox.kill();
  await page.locator('#notice').getByText(visit.say('Verbindung zur Sandbox verloren', 'Connection to the sandbox lost')).waitFor();
  await sandbox.run();
  await page.locator('#notice').getByText(visit.say('Wieder verbunden', 'Connected again')).waitFor();
  visit.outage = false;
  await visit.button('Werkstatt', 'Workshop').click();
  await page.locator('.next-due').getByText(visit.say('Als Nächstes steht an', 'Next due')).waitFor();
  await page.locator('#clock-next').click();
  const reminder = await visit.sees(visit.say('jetzt ist dran', 'it is time'));
  await reminder.getByRole('button', { name: visit.say('Erledigt', 'Done') }).click();
  await visit.sees(visit.say('Erledigt von', 'Done by'));
  await page.locator('#workshop').getByRole('button', { name: visit.say('Schließen', 'Close') }).click();
}

async function report(visit) {
  await visit.be('Clara');
  await visit.go('leitung');
  const form = await visit.command(visit.say('bericht', 'report'));
  await form.getByRole('button', { name: visit.say('Ausführen', 'Run') }).click();
  await visit.sees(visit.say('Zahlen des Teams', 'The team’s numbers'));
  await visit.go('fälle');
  await visit.button('Werkstatt', 'Workshop').click();
  // Tomorrow may be a Sunday; Monday never is.
  for (const button of [visit.button('morgen 9:00', 'tomorrow 9:00'), visit.button('Montag 9:00', 'Monday 9:00')]) {
    await button.click();
    await visit.page.locator('.clock-face', { hasText: / (um|at) 09:00:/ }).waitFor();
  }
  await visit.sees(visit.say('So steht es heute im Team', 'This is how the team stands today'));
  await visit.page.locator('#workshop').getByRole('button', { name: visit.say('Schließen', 'Close') }).click();
}

async function privacy(visit) {
  const { page } = visit;
  await visit.be('Anna');
  await visit.go('fälle');
  const show = await visit.command(visit.say('datenschutz zeigen', 'privacy show'));
  await show.getByRole('button', { name: visit.say('Ausführen', 'Run') }).click();
  await visit.sees(visit.say('Das ist hier über dich gespeichert', 'This is kept about you here'));
  const take = await visit.command(visit.say('datenschutz mitnehmen', 'privacy export'));
  await take.getByRole('button', { name: visit.say('Ausführen', 'Run') }).click();
  const link = page.locator('#scroll a.file').last();
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  assert.ok(readFileSync(await download.path()).length > 50, 'the file holds something');
  const erase = await visit.command(visit.say('datenschutz löschen', 'privacy erase'));
  await erase.getByRole('button', { name: visit.say('Ausführen', 'Run') }).click();
  await page.locator('#scroll .ephemeral .button.careful').last().click();
  await visit.sees(visit.say('Gelöscht.', 'Erased.'));
}
