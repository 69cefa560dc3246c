import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { assertDefined } from '#harness/kernel/assert.ts';
import { systemClock } from '#harness/kernel/system-clock.ts';

import { createApi } from './create-api.ts';
import { findChromium, openBrowser, type BrowserPage } from './testing/browser.ts';
import { exampleAudit, examplePeak, exampleServer } from './testing/example-load-results.ts';
import { exampleResults, exampleRun } from './testing/example-records.ts';
import { createMemoryLab, type MemoryLab } from './testing/memory-lab.ts';

const consoleDir = fileURLToPath(new URL('../console', import.meta.url));
const chromium = findChromium();
const screenshotDir = process.env['ASSAY_SCREENSHOTS'];
if (chromium === undefined) {
  process.stderr.write(
    'SKIPPED: the console is not tried in a browser, Chromium is not installed\n',
  );
}

let lab: MemoryLab;
let page: BrowserPage;
let url: string;
let close: () => Promise<unknown>;

async function serve(port: number): Promise<string> {
  const api = await createApi({ service: lab.service, clock: systemClock(), consoleDir });
  close = () => api.close();
  return api.listen({ host: '127.0.0.1', port });
}

const text = (selector: string): Promise<unknown> =>
  page.evaluate(`document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`);

const until = (expression: string): Promise<void> =>
  vi.waitFor(async () => expect(await page.evaluate(`Boolean(${expression})`)).toBe(true), {
    timeout: 20_000,
    interval: 50,
  });

const untilText = (selector: string, part: string): Promise<void> =>
  until(
    `document.querySelector(${JSON.stringify(selector)})?.innerText.includes(${JSON.stringify(part)})`,
  );

/** A picture for people, when they ask for it. */
async function screenshot(name: string): Promise<void> {
  if (screenshotDir === undefined) return;
  const answer = await page.send('Page.captureScreenshot', { captureBeyondViewport: true });
  const { data } = Value.Parse(Type.Object({ data: Type.String() }), answer);
  await writeFile(join(screenshotDir, `${name}.png`), Buffer.from(data, 'base64'));
}

/** Presses and releases a key, as a keyboard would. */
async function press(key: string, code: number): Promise<void> {
  const event = { key, code: key, windowsVirtualKeyCode: code, nativeVirtualKeyCode: code };
  const typed = key === 'Enter' ? { text: '\r' } : {};
  await page.send('Input.dispatchKeyEvent', { type: 'keyDown', ...event, ...typed });
  await page.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
}

const chooseLanguage = (language: string): Promise<unknown> =>
  page.evaluate(`{
    const language = document.querySelector('#language');
    language.value = '${language}';
    language.dispatchEvent(new Event('change'));
  }`);

/** Chooses and types into the fields of the form, as a person would. */
const fillIn = (values: Readonly<Record<string, string>>): Promise<unknown> =>
  page.evaluate(`for (const [name, value] of Object.entries(${JSON.stringify(values)})) {
    const control = document.querySelector('[name=' + name + ']');
    control.value = value;
    control.dispatchEvent(new Event('change', { bubbles: true }));
  }`);

/** Names of the fields that can be seen, in the order of the form. */
const shownFields = (): Promise<unknown> =>
  page.evaluate(`[...document.querySelectorAll('form [name]')]
    .filter((control) => control.offsetParent !== null && !control.disabled)
    .map((control) => control.name)`);

const plainFields = ['suiteId', 'boardId', 'scenario', 'mode'];

describe.skipIf(chromium === undefined)('the console in Chromium', () => {
  beforeAll(async () => {
    lab = createMemoryLab();
    url = await serve(0);
    page = await openBrowser(assertDefined(chromium, 'Chromium is there'));
    const size = { width: 1600, height: 1000, deviceScaleFactor: 1, mobile: false };
    await page.send('Emulation.setDeviceMetricsOverride', size);
    await page.send('Page.navigate', { url });
    await untilText('#connection', 'Live');
  }, 60_000);

  afterAll(async () => {
    await page[Symbol.asyncDispose]();
    await close();
  });

  it('shows an empty lab in words', async () => {
    await untilText('#boards', 'Tiny board 1');
    expect(await text('#boards')).toMatch(/free\s+Health: good/);
    expect(await text('#running')).toContain('Nothing is running.');
    expect(await text('#queue')).toContain('The queue is empty.');
    expect(await text('#results')).toContain('No runs yet');
    expect(await page.evaluate('document.title')).toBe('Demo lab · Assay');
  });

  it('shows data as text, never as markup', async () => {
    expect(await text('#boards')).toContain('This host <b>"&\'');
    expect(await page.evaluate('document.querySelectorAll("#boards b").length')).toBe(0);
  });

  it('queues a run by keyboard alone, and cancels it', async () => {
    await page.evaluate('document.querySelector("[name=mode]").focus()');
    await press('ArrowDown', 40);
    await press('Tab', 9);
    await press('Enter', 13);
    await untilText('#new-run [role=status]', 'Job job-demo-0001 is in the queue.');
    await untilText('#queue', 'board busy');
    expect(lab.service.job('job-demo-0001')).toMatchObject({
      suiteId: 'keyword-spotting',
      boardId: 'tiny-1',
      mode: 'performance',
    });
    await page.evaluate('document.querySelector("#queue button").focus()');
    await press('Enter', 13);
    await untilText('#queue', 'The queue is empty.');
    expect(lab.service.job('job-demo-0001')?.state).toBe('cancelled');
  });

  it('offers the settings of each scenario, and the audits of a compliance run', async () => {
    expect(await shownFields()).toStrictEqual([...plainFields, 'minDurationMs']);
    await fillIn({ scenario: 'server' });
    const ofServer = ['targetQps', 'targetLatencyMs', 'minDurationMs'];
    expect(await shownFields()).toStrictEqual([...plainFields, ...ofServer]);
    await fillIn({ scenario: 'multi-stream' });
    const ofStreams = ['samplesPerQuery', 'minDurationMs'];
    expect(await shownFields()).toStrictEqual([...plainFields, ...ofStreams]);
    await fillIn({ scenario: 'find-peak' });
    const ofSearch = ['peakStartQps', 'targetLatencyMs'];
    expect(await shownFields()).toStrictEqual([...plainFields, ...ofSearch]);
    await fillIn({ scenario: 'offline', mode: 'compliance' });
    expect(await shownFields()).toStrictEqual([...plainFields, 'audit', 'minDurationMs']);
  });

  it('sends a server run by keyboard, and shows what the daemon has against it', async () => {
    await fillIn({ scenario: 'server', mode: 'performance' });
    await page.evaluate('document.querySelector("[name=targetLatencyMs]").focus()');
    await page.send('Input.insertText', { text: '15' });
    await press('Enter', 13);
    await untilText('#new-run [role=status]', 'Refused: suite keyword-spotting names no arrival');
    await page.evaluate('document.querySelector("[name=targetQps]").focus()');
    await page.send('Input.insertText', { text: '1200.5' });
    await press('Tab', 9);
    await press('Tab', 9);
    await page.send('Input.insertText', { text: '2.5' });
    await screenshot('form-server');
    await press('Tab', 9);
    await press('Enter', 13);
    await untilText('#new-run [role=status]', 'Job job-demo-0002 is in the queue.');
    const job = lab.service.job('job-demo-0002');
    expect(job).toMatchObject({ scenario: 'server', mode: 'performance' });
    expect(job?.load).toStrictEqual({
      targetQps: 1200.5,
      targetLatencyMs: 15,
      minDurationMs: 2500,
    });
    expect(job?.audit).toBeUndefined();
    lab.service.cancel('job-demo-0002', 'test');
    await fillIn({ scenario: 'single-stream', mode: 'compliance', audit: 'other-seeds' });
    await page.evaluate('document.querySelector("[name=minDurationMs]").value = ""');
    await page.evaluate('document.querySelector("form button").click()');
    await untilText('#new-run [role=status]', 'Job job-demo-0003 is in the queue.');
    expect(lab.service.job('job-demo-0003')).toMatchObject({ audit: 'other-seeds' });
    expect(lab.service.job('job-demo-0003')?.load).toBeUndefined();
    lab.service.cancel('job-demo-0003', 'test');
    await fillIn({ mode: 'both' });
    await untilText('#queue', 'The queue is empty.');
  });

  it('follows a run live, then shows its numbers, verdict and evidence', async () => {
    const { jobId } = lab.service.submit(
      { suiteId: 'keyword-spotting', boardId: 'tiny-1' },
      'test',
    );
    lab.service.submit({ suiteId: 'image-classification', boardId: 'tiny-1' }, 'test');
    const run = lab.startJob(jobId);
    lab.emit({
      type: 'run-event',
      runId: run.runId,
      boardId: run.boardId,
      event: { type: 'progress', step: 'accuracy', doneCount: 52, totalCount: 80, note: '3.1 / s' },
    });
    await untilText('#running', 'accuracy · 52 / 80 · 3.1 / s');
    expect(await text('#running .phase')).toBe('measuring');
    expect(await page.evaluate('document.querySelector("progress").value')).toBe(52);
    await untilText('#boards .state', 'leased');
    lab.emit({
      type: 'run-event',
      runId: run.runId,
      boardId: run.boardId,
      event: {
        type: 'progress',
        step: 'performance',
        doneCount: 342,
        totalCount: 0,
        note: 'queries · 120 more needed',
      },
    });
    await untilText('#running', 'performance · 342 · queries · 120 more queries needed');
    lab.putRun(
      exampleRun({
        runId: 'run-demo-0000',
        outcome: 'failed',
        verdict: 'error',
        phase: 'ended',
        attempt: 2,
        error: {
          code: 'dut/timeout',
          class: 'dut',
          retry: 'automatic',
          message: 'no answer in 5 s',
          remedy: 'Check the cable.',
          details: {},
        },
      }),
    );
    lab.putRun(
      exampleRun({
        runId: 'run-demo-00p0',
        boardId: 'this-host',
        outcome: 'completed',
        verdict: 'pass',
        phase: 'ended',
        results: exampleResults,
        recordSha256: 'a'.repeat(64),
        reportPath: '/nowhere/report.pdf',
      }),
    );
    await untilText('#results', '✓ pass');
    expect(await text('#results')).toMatch(/91\.3 %\s+15\.6\s+16\.5\s+18\.3\s+63\.8\s+121/);
    expect(await text('#results')).toContain('dut/timeout: Check the cable.');
    const links = await page.evaluate(
      '[...document.querySelectorAll("#results a")].map((a) => a.pathname)',
    );
    expect(links).toStrictEqual([
      '/api/runs/run-demo-00p0/report',
      '/api/runs/run-demo-00p0/files/record.json',
    ]);
  });

  it('shows the key result of each scenario', async () => {
    const ended = { outcome: 'completed', verdict: 'pass', phase: 'ended' } as const;
    const put = (runId: string, changes: Parameters<typeof exampleRun>[0]): void =>
      lab.putRun(exampleRun({ ...ended, runId, boardId: 'this-host', ...changes }));
    put('run-demo-00s0', { scenario: 'server', mode: 'performance', results: exampleServer });
    put('run-demo-00f0', { scenario: 'find-peak', mode: 'performance', results: examplePeak });
    put('run-demo-00c0', { mode: 'compliance', results: exampleAudit });
    await untilText('#results', '1204 q/s\np99 8.21 ms\n12 over the limit');
    await untilText('#results', 'peak 1830 q/s');
    await untilText('#results', 'no-caching: passed');
    expect(await text('#results')).toContain('p90 16.5 ms');
    await fillIn({ scenario: 'server', mode: 'compliance' });
    await screenshot('light-en');
  });

  it('keeps the focus and the chosen values while the lab changes', async () => {
    await page.evaluate(`{
      const board = document.querySelector('[name=boardId]');
      board.value = 'this-host';
      document.querySelector('#results a').focus();
    }`);
    const before = lab.service.runs({ limit: 100 }).length;
    lab.putRun(exampleRun({ runId: 'run-demo-0new', outcome: 'aborted', verdict: 'aborted' }));
    await until(`document.querySelectorAll('#results tbody tr').length === ${before}`);
    expect(await page.evaluate('document.activeElement.pathname')).toContain('/report');
    expect(await page.evaluate('document.querySelector("[name=boardId]").value')).toBe('this-host');
  });

  it('speaks Traditional Chinese, and remembers it', async () => {
    await chooseLanguage('zh-TW');
    expect(await text('#results')).toContain('✓ 通過');
    expect(await text('#running')).toContain('執行中');
    expect(await page.evaluate('document.documentElement.lang')).toBe('zh-TW');
    expect(await text('#results')).toContain('每秒 1204 次查詢');
    expect(await text('#running')).toContain('還需要 120 次查詢');
    expect(await text('#new-run')).toContain('多重串流');
    await fillIn({ scenario: 'server', mode: 'compliance' });
    await screenshot('light-zh-TW');
    await page.send('Page.reload');
    await untilText('#boards', '健康狀態：良好');
    expect(await page.evaluate('document.querySelector("#language").value')).toBe('zh-TW');
    await chooseLanguage('en');
  });

  it('is dark where the system is dark, and fits a narrow screen', async () => {
    const background = 'getComputedStyle(document.body).backgroundColor';
    const light = await page.evaluate(background);
    const features = [{ name: 'prefers-color-scheme', value: 'dark' }];
    await page.send('Emulation.setEmulatedMedia', { features });
    expect(await page.evaluate(background)).not.toBe(light);
    await screenshot('dark-en');
    const size = { width: 390, height: 844, deviceScaleFactor: 1, mobile: true };
    await page.send('Emulation.setDeviceMetricsOverride', size);
    await screenshot('dark-narrow');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
  });

  it('says that the connection is lost, and goes on by itself when the daemon is back', async () => {
    expect(await page.evaluate('document.querySelector("#banner").hidden')).toBe(true);
    await close();
    await untilText('#banner', 'No connection to the daemon.');
    await screenshot('offline');
    lab.putRun(exampleRun({ runId: 'run-later', boardId: 'board-of-later', outcome: 'aborted' }));
    await serve(Number(new URL(url).port));
    await untilText('#connection', 'Live');
    await untilText('#results', 'board-of-later');
    expect(await page.evaluate('document.querySelector("#banner").hidden')).toBe(true);
  });

  it('loads nothing from elsewhere and complains of nothing but the refusal and the lost connection', () => {
    const unexpected = page.complaints.filter(
      (complaint) =>
        !/status of 422|ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_EMPTY_RESPONSE|ERR_CONNECTION_RESET/.test(
          complaint,
        ),
    );
    expect(unexpected).toStrictEqual([]);
  });
});
