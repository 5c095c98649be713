// A channel with years in it.
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scene, withBrowser } from './sandbox.js';

withBrowser();

scene('ten thousand messages: a window of them is in the document, and scrolling reaches the first', { as: 'Kim', channel: 'support' }, async (visit, sandbox, t) => {
  const { page } = visit;
  await page.goto('about:blank');
  await fillChannel(sandbox, 10_000);
  await page.goto(sandbox.url);
  await visit.sees('Nachricht 10000');
  const began = performance.now();
  let most = 0;
  await page.evaluate(() => {
    window.slow = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((it) => { window.slow = Math.max(window.slow, it.duration); })).observe({ type: 'longtask' });
  });
  for (let i = 0; i < 2000; i += 1) {
    const { count, first } = await page.evaluate(async () => {
      const box = document.getElementById('scroll');
      box.scrollTop = 0;
      await new Promise((done) => requestAnimationFrame(done));
      const items = box.querySelectorAll('li.message');
      return { count: items.length, first: items[0]?.textContent.includes('Nachricht 1.') ?? false };
    });
    most = Math.max(most, count);
    if (first) break;
  }
  const longest = await page.evaluate(() => window.slow);
  assert.ok(await visit.message('Nachricht 1.').first().isVisible(), 'the first message is reached');
  assert.ok(most <= 250, `${most} messages in the document`);
  await visit.page.locator('.jump').click();
  await visit.sees('Nachricht 10000');
  t.diagnostic(`scrolled over 10,000 messages in ${Math.round(performance.now() - began)} ms, at most ${most} in the document, longest task ${Math.round(longest)} ms`);
});

/** Fills #support behind the sandbox's back: what a person wrote, many times over, in the file it reads at its start. */
async function fillChannel(sandbox, count) {
  const [as, channel_id] = [await sandbox.person('Kim'), await sandbox.channel('support')];
  await sandbox.ask('messages', { as, channel_id, content: 'Nachricht 1.' });
  await sandbox.kill();
  const file = join(sandbox.folder, 'discord.changes.jsonl');
  const line = readFileSync(file, 'utf8').split('\n').findLast((it) => it.includes('Nachricht 1.'));
  const first = BigInt(/"messages":\[\[\d+,(\d+),/.exec(line)[1]);
  // Ids are larger than JavaScript's numbers, so they are changed as text.
  const appended = [];
  for (let i = 2; i <= count; i += 1) {
    const id = String(first + BigInt(i));
    appended.push(line.replaceAll(String(first), id).replace('Nachricht 1.', `Nachricht ${i}.`));
  }
  appendFileSync(file, `${appended.join('\n')}\n`);
  await sandbox.run();
}
