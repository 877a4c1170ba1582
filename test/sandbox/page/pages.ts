import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Fixture, startFixture } from './app.ts';
import { findChromium, launchChromium } from './chromium.ts';

const chromium = findChromium();

/** Why the tests of the page are skipped, if they are. */
export const withoutChromium = chromium === undefined;
export const title = 'the page (needs Chromium: set CHROMIUM_PATH)';

/** The workspace and its app for the tests of one file, and pages on it. */
export type Pages = {
  /** Valid within tests. */
  readonly fixture: Fixture;
  /** The page as `user` sees it; with `options` or while another is open, in a context of its own. */
  open(user: string, options?: BrowserContextOptions): Promise<Page>;
};

/** Starts browser and workspace before the tests, resets them after each, and fails a test whose page threw or asked elsewhere. */
export function usePages(): Pages {
  let browser: Browser;
  let fixture: Fixture;
  /** One page serves most tests: starting a new one takes longer than they do. */
  let desktop: Page;
  const opened: Page[] = [];
  const troubles: string[] = [];

  beforeAll(async () => {
    [browser, fixture] = await Promise.all([launchChromium(chromium ?? ''), startFixture()]);
    desktop = await newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await fixture?.close();
  });
  afterEach(async () => {
    if (opened.includes(desktop)) {
      await desktop.evaluate('localStorage.clear(), sessionStorage.clear()');
      await desktop.goto('about:blank');
    }
    const others = opened.splice(0).filter(page => page !== desktop);
    await Promise.all(others.map(page => page.context().close()));
    await fetch(`${fixture.sandbox.page}_sandbox/slack/reset`, { method: 'POST' });
    expect(troubles.splice(0)).toEqual([]);
  });

  async function newPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', error => troubles.push(error.message));
    page.on('request', request => {
      if (!/^about:/.test(request.url()) && !request.url().startsWith(fixture.sandbox.page))
        troubles.push(`asked ${request.url()}`);
    });
    return page;
  }

  return {
    get fixture() {
      return fixture;
    },
    async open(user, options) {
      const page = options || opened.includes(desktop) ? await newPage(options) : desktop;
      opened.push(page);
      await page.goto(`${fixture.sandbox.page}?user=${user}`);
      await page.getByTestId('composer').or(page.getByTestId('home')).first().waitFor();
      return page;
    },
  };
}
