/** A real Chromium, and pages in it that keep all that they complain of. */
import packaged from "@sparticuz/chromium";
import { chromium, type BrowserContext, type Page } from "playwright-core";

export interface View {
  readonly colorScheme?: "light" | "dark";
  /** CSS pixels. */
  readonly width?: number;
  readonly height?: number;
}

export interface OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /**
   * What went wrong so far, in any page of the context: errors that nobody caught, errors on the console, requests to any other
   * host, and what the content security policy has refused.
   */
  readonly complaints: string[];
  close(): Promise<void>;
}

export interface OwnBrowser {
  /** A page with no memory of the others, still empty. By default 1280 by 900, in the light. */
  openPage(view?: View): Promise<OpenPage>;
  close(): Promise<void>;
}

/** Launches it, for the pages of one server; `url` is the server's. Takes about a second. */
export async function launchBrowser(url: string): Promise<OwnBrowser> {
  const browser = await chromium.launch({
    executablePath: await packaged.executablePath(),
    args: [...packaged.args, "--disable-background-networking"],
    headless: true,
  });
  const { origin } = new URL(url);

  const openPage = async ({ colorScheme = "light", width = 1280, height = 900 }: View = {}): Promise<OpenPage> => {
    const context = await browser.newContext({ baseURL: url, colorScheme, viewport: { width, height } });
    const complaints: string[] = [];
    await context.exposeBinding("detentPolicyComplaint", (_, what: string) => complaints.push(`policy: ${what}`));
    await context.addInitScript({ content: TELL_VIOLATIONS });
    context.on("request", (request) => {
      const { protocol, origin: other } = new URL(request.url());
      if (/^(https?|wss?):$/.test(protocol) && other !== origin) complaints.push(`request to ${request.url()}`);
    });
    context.on("weberror", (error) => complaints.push(`error: ${error.error()}`));
    context.on("console", (message) => {
      if (message.type() === "error") complaints.push(`console: ${message.text()} (${message.location().url})`);
    });
    return { page: await context.newPage(), context, complaints, close: () => context.close() };
  };
  return { openPage, close: () => browser.close() };
}

/** Text, since it runs in the page. */
const TELL_VIOLATIONS = `
  document.addEventListener("securitypolicyviolation", (event) => {
    detentPolicyComplaint(event.effectiveDirective + " refuses " + (event.blockedURI || "it") + " " + event.sample);
  });`;
