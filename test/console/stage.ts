/** What the suites of the console share: one server, and a browser that has nothing to complain of. */
import packaged from "@sparticuz/chromium";
import { chromium, type Browser, type Page, type Response } from "playwright-core";
import { startServer, type Server } from "../e2e/server.ts";

interface OpenOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "light" | "dark";
  /** Signs in with it, by the form; absent: nobody does. */
  readonly key?: string;
  /** Hears of everything that the page is sent. */
  readonly onResponse?: (response: Response) => void;
}

export interface Stage {
  readonly server: Server;
  /** Opens an address of the console in a window of its own and waits until its heading is there. */
  readonly open: (path: string, options?: OpenOptions) => Promise<Page>;
  /** Calls a JSON route as the tenant `dev`; throws for any other status than 2xx. */
  readonly call: <T>(method: string, path: string, body?: unknown) => Promise<T>;
  /** Errors of pages and what their policy has forbidden, so far. */
  readonly complaints: readonly string[];
  readonly end: () => Promise<void>;
}

/** How long the suites wait for what a page is to show. */
export const PATIENCE = { timeout: 15_000 };

export async function setStage(): Promise<Stage> {
  const server = await startServer();
  const browser = await launch();
  const complaints: string[] = [];
  const open = async (path: string, options: OpenOptions = {}): Promise<Page> => {
    const { width = 1_280, height = 900, colorScheme = "light", key } = options;
    const page = await browser.newPage({ viewport: { width, height }, colorScheme });
    page.on("pageerror", (error) => complaints.push(`${path}: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      // What a browser says of a 404 is the service's answer, which pages show.
      const isAnswer = message.text().startsWith("Failed to load resource");
      if (message.type() === "error" && !isAnswer) complaints.push(`${path}: ${message.text()}`);
    });
    page.on("request", (request) => {
      if (new URL(request.url()).origin !== server.url) complaints.push(`${path}: asks ${request.url()}`);
    });
    if (options.onResponse) page.on("response", options.onResponse);
    await page.goto(server.url + path);
    if (key !== undefined) {
      const menu = page.getByRole("button", { name: "Menu" });
      await page.locator(".account").waitFor({ state: "attached" });
      if (await menu.isVisible()) await menu.click();
      await page.getByRole("button", { name: "Sign in with a key" }).click();
      await page.getByLabel("API key or token").fill(key);
      await page.getByRole("button", { name: "Sign in" }).click();
    }
    await page.locator("main h1").waitFor();
    return page;
  };
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(server.url + path, {
      method,
      headers: { "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  };
  const end = async (): Promise<void> => {
    await browser.close();
    await server.stop();
  };
  return { server, open, call, complaints, end };
}

/** In one process the end of a window would be the end of the browser; and what guards pages is to guard them here, too. */
const UNWANTED = ["--single-process", "--no-zygote", "--disable-web-security", "--allow-running-insecure-content"];

async function launch(): Promise<Browser> {
  return await chromium.launch({
    executablePath: await packaged.executablePath(),
    args: [...packaged.args.filter((arg) => !UNWANTED.includes(arg)), "--disable-background-networking"],
    headless: true,
  });
}
