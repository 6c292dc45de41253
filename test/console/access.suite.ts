/** Keys, signing in and out, the audit log, and tenants. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { readRootKey } from "./seed-keys.ts";
import { PATIENCE, type Stage } from "./stage.ts";

const HOSTILE = "<img src=x onerror=alert(1)> \u202Egnp " + "x".repeat(80);
const SECRET = /dtk_\w{60,}/;

export function accessSuite(stage: () => Stage): void {
  const makeKey = async (name: string, scopes: readonly string[]): Promise<string> =>
    (await stage().call<{ secret: string }>("POST", "/api/v1/keys", { name, scopes })).secret;

  const entryOf = (page: Page, name: string) =>
    page.getByRole("list", { name: "Keys" }).locator(".entry").filter({ hasText: name });

  test("a key is made with the keyboard alone; its secret is shown once, and works", async () => {
    const page = await stage().open("/keys");
    await page.getByRole("button", { name: "New key" }).focus();
    await page.keyboard.press("Enter");
    const form = page.getByRole("dialog");
    await form.getByRole("button", { name: "Make the key" }).focus();
    // Without a name and a scope nothing is sent, and each field says so.
    await page.keyboard.press("Enter");
    await form.getByText("A key needs a name.").waitFor();
    await form.getByText("Choose one scope at least.").waitFor();
    // The focus goes to what is wrong first.
    await expect.poll(() => form.getByLabel("Name").evaluate((input) => input.matches(":focus")), PATIENCE).toBe(true);
    await page.keyboard.type("access-reader");
    await form.getByLabel("machines:read").focus();
    await page.keyboard.press("Space");
    await form.getByLabel("Name").press("Enter");

    const shown = page.getByRole("dialog", { name: "The new key access-reader" });
    await shown.waitFor();
    const secret = SECRET.exec((await shown.locator("pre").textContent()) ?? "")?.[0] ?? "";
    expect(secret).toMatch(SECRET);
    await shown.getByRole("button", { name: "I have stored it" }).press("Enter");
    await entryOf(page, "access-reader").waitFor();
    expect(await page.content()).not.toContain(secret);
    expect(
      await page.evaluate<string>("JSON.stringify([history.state, { ...sessionStorage }, { ...localStorage }])"),
    ).not.toContain(secret);
    await page.close();

    const signedIn = await stage().open("/dead-letters", { key: secret });
    await signedIn.getByText("Dead letters need the scope ops.").waitFor();
    expect(await signedIn.textContent(".account")).toContain("key:");
    await signedIn.getByRole("link", { name: "Failures" }).click();
    await signedIn.getByLabel("Reason").waitFor();
    // Who may not manage keys is not led there.
    const menu = signedIn.getByRole("navigation", { name: "Console" });
    expect(await menu.getByRole("link", { name: "Keys" }).count()).toBe(0);
    await signedIn.close();
  });

  test("a key that is not known is refused with the reason and the request's id, and never stands in an address", async () => {
    const page = await stage().open("/keys");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const wrong = `dtk_${"a".repeat(66)}`;
    await page.getByRole("button", { name: "Sign in with a key" }).click();
    await page.getByLabel("API key or token").fill(wrong);
    await page.keyboard.press("Enter");
    const problem = page.getByRole("alert");
    await problem.waitFor();
    expect(await problem.textContent()).toMatch(/UNAUTHENTICATED.*Request id [\w-]{16,}/);
    expect(asked.length).toBeGreaterThan(0);
    expect([page.url(), ...asked].filter((url) => url.includes(wrong))).toEqual([]);
    await page.close();
  });

  test("a key is forgotten at a reload unless it is to be kept, and at signing out in any case", async () => {
    const secret = await makeKey("access-session", ["machines:read"]);
    const page = await stage().open("/failures");
    const stored = () => page.evaluate<string>("JSON.stringify([{ ...sessionStorage }, { ...localStorage }])");
    const signIn = async (isKept: boolean): Promise<void> => {
      await page.getByRole("button", { name: "Sign in with a key" }).click();
      await page.getByLabel("API key or token").fill(secret);
      if (isKept) await page.getByLabel("Keep it in session storage").check();
      await page.getByRole("button", { name: "Sign in" }).click();
      await expect.poll(() => page.textContent(".account"), PATIENCE).toContain("key:");
    };
    await signIn(false);
    expect(await stored()).not.toContain(secret);
    await page.reload();
    await expect.poll(() => page.textContent(".account"), PATIENCE).toContain("anonymous");

    await signIn(true);
    expect(JSON.parse(await stored())).toEqual([{ "detent.key": secret }, {}]);
    await page.reload();
    await expect.poll(() => page.textContent(".account"), PATIENCE).toContain("key:");

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Detent" }).waitFor();
    expect(await stored()).not.toContain(secret);
    expect(page.url()).not.toContain("dtk_");
    await page.close();
  });

  test("without the scope there is an explanation, and whoever has no root key learns that tenants need it", async () => {
    const secret = await makeKey("access-sender", ["events:send"]);
    for (const [path, scope] of [
      ["/failures", "machines:read"],
      ["/dead-letters", "ops"],
      ["/keys", "keys:admin"],
      ["/audit", "keys:admin"],
    ] as const) {
      const page = await stage().open(path, { key: secret });
      await page.getByText(`need the scope ${scope}.`).waitFor();
      expect(await page.getByRole("alert").count()).toBe(0);
      await page.close();
    }
    const tenants = await stage().open("/tenants");
    await tenants.getByText("Tenants need the root key.").waitFor();
    await tenants.close();
  });

  test("a key of any name is rerolled, and revoked when that is confirmed; revoked ones are folded away; the audit log has all of it", async () => {
    await makeKey(HOSTILE, ["machines:read"]);
    const page = await stage().open("/keys", { width: 360 });
    const entry = entryOf(page, HOSTILE);
    await entry.waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    expect(
      await page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
    ).toBe(0);
    const id = (await entry.locator("code").first().textContent()) ?? "";

    await entry.getByRole("button", { name: "Reroll" }).click();
    await page.getByLabel("The present secret goes on for").selectOption("PT1H");
    await page.getByRole("button", { name: "Make a new secret" }).click();
    const shown = page.getByRole("dialog").filter({ hasText: "The new secret of" });
    expect(await shown.textContent()).toMatch(SECRET);
    await page.keyboard.press("Escape");
    await expect.poll(() => entry.textContent(), PATIENCE).toContain("Old secret works until");
    expect(await page.content()).not.toMatch(SECRET);

    await entry.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    expect(await entry.count()).toBe(1);
    await entry.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke the key" }).click();
    await expect.poll(() => entry.count(), PATIENCE).toBe(0);
    await page.getByLabel("Show keys that have ended").check();
    expect(new URL(page.url()).searchParams.get("ended")).toBe("show");
    await expect.poll(() => entry.textContent(), PATIENCE).toContain("revoked");
    await page.close();

    const audit = await stage().open("/audit");
    const lines = audit.getByRole("list", { name: "Audit log" }).locator(".entry").filter({ hasText: id });
    await expect.poll(() => lines.count(), PATIENCE).toBe(3);
    const actions = await lines.locator(".badge").allTextContents();
    expect(actions).toEqual(["key.revoked", "key.rerolled", "key.created"]);
    expect(await lines.nth(2).textContent()).toContain(HOSTILE);
    await audit.close();
  });

  test("the key of the console is marked; revoking it is asked twice and signs out; a token is made with it and works", async () => {
    const secret = await makeKey("access-admin", ["keys:admin", "machines:read"]);
    const page = await stage().open("/keys", { key: secret });
    const own = entryOf(page, "this console");
    await expect.poll(() => own.textContent(), PATIENCE).toContain("access-admin");

    await page.getByRole("button", { name: "Make a short-lived token" }).click();
    const form = page.getByRole("dialog");
    await form.getByLabel("machines:read").check();
    await form.getByLabel("Machines", { exact: false }).last().fill("failing-orders/one");
    await form.getByRole("button", { name: "Make the token" }).click();
    const shown = page.getByRole("dialog", { name: "The new token" });
    await shown.waitFor();
    const token = /eyJ[\w.-]+/.exec((await shown.locator("pre").textContent()) ?? "")?.[0] ?? "";
    const answer = await fetch(`${stage().server.url}/api/v1/principal`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([answer.status, token.length > 40]).toEqual([200, true]);
    await shown.getByRole("button", { name: "I have stored it" }).click();
    expect(await page.content()).not.toContain(token);

    await own.getByRole("button", { name: "Revoke" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Revoke the key" }).click();
    await page.getByText("This console uses this key.").waitFor();
    expect(await page.textContent(".account")).toContain("key:");
    await page.getByRole("button", { name: "Revoke it and sign out" }).click();
    await page.getByRole("heading", { name: "Sign in to Detent" }).waitFor();
    await page.close();
  });

  test("with the root key there are tenants: one is created, limited, given a key, and erased when its name is typed", async () => {
    const root = await readRootKey(stage().server.stateDir);
    const page = await stage().open("/", { key: root });
    await page.getByRole("heading", { name: "Tenants", level: 1 }).waitFor();
    const menu = page.getByRole("navigation", { name: "Console" });
    expect(await menu.getByRole("link").allTextContents()).toEqual(["Tenants", "Keys", "Audit log"]);

    await page.getByLabel("Name").fill("Not a name");
    await page.keyboard.press("Enter");
    await page.getByText("The name has 1 to 63").waitFor();
    await page.getByLabel("Name").fill("access-acme");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "make its first key" }).waitFor();

    await page.getByRole("link", { name: "access-acme", exact: true }).click();
    await page.getByLabel("Events per day").fill("0");
    await page.getByRole("button", { name: "Save the quotas" }).click();
    await page.getByText("Enter a whole number").waitFor();
    await page.getByLabel("Events per day").fill("5000");
    await page.getByRole("button", { name: "Save the quotas" }).click();
    await page.getByText("The quotas are saved.").waitFor();
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByText("Events today of 5,000").waitFor();

    await page.getByRole("link", { name: "Keys of access-acme" }).click();
    await page.getByText("There are no keys yet.").waitFor();
    await page.getByRole("button", { name: "New key" }).click();
    await page.getByRole("dialog").getByLabel("Name").fill("first");
    await page.getByRole("dialog").getByLabel("keys:admin").check();
    await page.getByRole("dialog").getByRole("button", { name: "Make the key" }).click();
    await page.getByRole("button", { name: "I have stored it" }).click();
    await entryOf(page, "first").waitFor();

    await menu.getByRole("link", { name: "Tenants" }).click();
    await page.getByRole("link", { name: "access-acme", exact: true }).click();
    await page.getByRole("button", { name: "Erase the tenant" }).click();
    const erase = page.getByRole("button", { name: "Erase it for good" });
    await page.getByLabel("Type access-acme to confirm").fill("access-acm");
    expect(await erase.getAttribute("aria-disabled")).toBe("true");
    await page.keyboard.press("Enter");
    expect(await page.getByRole("dialog").count()).toBe(1);
    await page.getByLabel("Type access-acme to confirm").fill("access-acme");
    await erase.click();
    await page.getByText("It is being erased.").waitFor();
    await page.close();
  });
}
