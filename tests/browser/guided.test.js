// The five steps of the tour at the press of a button, in both languages.
import assert from 'node:assert/strict';
import { scene, withBrowser } from './sandbox.js';

withBrowser();

for (const locale of ['de', 'en']) {
  scene(`done for me, ${locale}: each step shows what it promises`, { as: 'Ben', channel: 'allgemein', locale }, async (visit) => {
    const { page } = visit;
    // A newcomer finds the tour in the empty channel itself.
    await visit.button('Rundgang beginnen', 'Start the tour').click();
    const shown = [
      () => visit.sees(visit.say('Fall #1', 'Case #1').slice(-2)),
      () => visit.sees(visit.say('Ruhigere Fassung', 'Calmer version')),
      () => visit.sees(visit.say('ist dran', 'it is time')),
      async () => {
        await visit.sees(visit.say('So steht es heute im Team', 'This is how the team stands today'));
        await visit.go('leitung');
        await visit.sees(visit.say('Zahlen des Teams', 'The team’s numbers'));
      },
      () => visit.sees(visit.say('Gelöscht.', 'Erased.')),
    ];
    for (const [step, seen] of shown.entries()) {
      await page.locator('.tour').getByText(visit.say(`Schritt ${step + 1} von 5`, `Step ${step + 1} of 5`)).waitFor();
      await page.locator('#tour-do').click();
      await page.locator('#tour-do', { hasText: visit.say('Für mich machen', 'Do it for me') }).waitFor();
      await seen();
      await page.locator('#tour-next').click();
    }
    assert.equal(await page.locator('.tour').count(), 0, 'the tour is over');
    await visit.seesThatRequestsAreAsDescribed();
  });
}
