// The page for everybody: axe-core finds nothing serious in its main states, in both languages, light and dark.
import assert from 'node:assert/strict';
import { AXE, scene, withBrowser } from './sandbox.js';

withBrowser();

for (const locale of ['de', 'en']) {
  scene(`axe-core finds nothing serious, light and dark, ${locale}`, { as: 'Anna', channel: 'support', locale }, async (visit, sandbox) => {
    const { page } = visit;
    await sandbox.setUp(locale);
    const states = {
      'a channel with messages, members beside it': async () => {
        await visit.write('**Hallo** `x` <@1> ||geheim||\n> Zitat\n- eins\n- zwei\nhttps://example.org');
        await visit.sees('Zitat');
      },
      'the menu of a message': async () => {
        const message = await visit.sees('Zitat');
        await message.hover();
        await message.locator('.tools [aria-haspopup=menu]').click();
        await page.getByRole('menu').waitFor();
      },
      'a form of the bot': async () => {
        await page.getByRole('menuitem', { name: visit.say('Fall öffnen', 'Open case') }).click();
        await page.getByRole('dialog').waitFor();
      },
      'a case with its card and a private answer': async () => {
        const title = page.getByRole('dialog').getByRole('textbox').first();
        await title.fill('Rechnung 4711');
        await title.press('Enter');
        await visit.sees('#1');
        await visit.go('Rechnung 4711');
        await page.locator('#scroll .embed').waitFor();
        await visit.button('Übernehmen', 'Claim').click();
        await page.locator('#scroll .ephemeral').waitFor();
      },
      'findings on a draft': async () => {
        const form = await visit.command(visit.say('entwurf', 'draft'));
        await form.locator('button[type=submit]').click();
        await page.getByRole('dialog').getByRole('textbox').first().fill(visit.say('Das ist nicht unser Problem. Lesen Sie endlich die Anleitung!', 'This is not our problem. Just read the manual!'));
        await page.getByRole('dialog').locator('button[type=submit]').click();
        await page.locator('#scroll .ephemeral .embed').last().waitFor();
      },
      'the palette': async () => {
        await page.locator('#composer-input').fill('/');
        await page.locator('#palette').waitFor();
      },
      "a command's form with suggestions": async () => {
        await page.keyboard.press('Escape');
        await page.locator('#composer-input').fill('');
        const form = await visit.command(visit.say('fall öffnen', 'case open'));
        await form.locator('.chip').nth(1).click();
        await page.locator('.suggestions li').first().waitFor();
      },
      'the tour': async () => {
        await page.keyboard.press('Escape');
        await page.keyboard.press('Escape');
        await visit.button('Rundgang', 'Tour').click();
        await page.locator('.tour').waitFor();
      },
      'the workshop with a fault and requests': async () => {
        await visit.button('Werkstatt', 'Workshop').click();
        await sandbox.asBot('nowhere');
        await page.locator('.requests .breaches').waitFor();
        await page.locator('[data-fault="429"]').click();
        await page.locator('.armed li').waitFor();
        await page.locator('.requests summary').first().click();
      },
      'a narrow screen with its channels open': async () => {
        await page.locator('#workshop .icon-button').first().click();
        await page.setViewportSize({ width: 360, height: 640 });
        await page.locator('#open-side').click();
        await page.waitForTimeout(250);
      },
    };
    await visit.inject(AXE);
    const found = [];
    for (const [name, reach] of Object.entries(states)) {
      await reach();
      const violations = [];
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        const all = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
        violations.push(...all.violations.map((it) => ({ ...it, colorScheme })));
      }
      for (const it of violations) {
        const line = `${name}, ${it.colorScheme}: ${it.id} (${it.impact}): ${it.help}: ${it.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.any.map((check) => check.message).join('; ')}`).join(' | ')}`;
        if (['serious', 'critical'].includes(it.impact)) found.push(line);
        else if (process.env.AXE_ALL) console.log(line);
      }
    }
    assert.deepEqual(found, []);
    const landmarks = await page.evaluate(() => ['nav', 'main', 'header h1'].map((it) => document.querySelectorAll(it).length));
    assert.deepEqual(landmarks, [1, 1, 1], 'one navigation, one main part, one heading of the page');
  });
}
