import { expect, test } from "vitest";
import type { StoredKey } from "../../src/catalog/keys.ts";
import { Keyring } from "../../src/auth/keyring.ts";

const RECORD: StoredKey = {
  id: "k1",
  tenant: "acme",
  name: "shop",
  scopes: ["machines:read"],
  configurations: [],
  hash: "",
  createdAt: 0,
  createdBy: "root",
};
const SECOND = 1_000;
const MINUTE = 60_000;

/** A keyring over a database that can be made to fail, on a clock of its own. */
class Stage {
  now = 1_000_000_000;
  isDown = false;
  asked: string[] = [];
  uses: number[] = [];
  readonly records = new Map<string, StoredKey>([["k1", RECORD]]);
  readonly #work: Promise<void>[] = [];
  readonly keyring = new Keyring({
    find: (id) => {
      this.asked.push(id);
      return this.isDown ? Promise.reject(new Error("D1 is down")) : Promise.resolve(this.records.get(id));
    },
    used: (_id, at) => {
      this.uses.push(at);
      return Promise.resolve();
    },
    background: (work) => void this.#work.push(work),
    now: () => this.now,
  });

  async settled(): Promise<void> {
    await Promise.all(this.#work);
  }
}

test("a key is looked up once in 30 s; one that is in use, before that, by nobody who waits", async () => {
  const stage = new Stage();
  for (; stage.now < 1_000_000_000 + 19 * SECOND; stage.now += SECOND) await stage.keyring.find("k1");
  expect(stage.asked).toEqual(["k1"]);
  stage.now += SECOND;
  await stage.keyring.find("k1");
  await stage.keyring.find("k1");
  await stage.settled();
  expect(stage.asked).toEqual(["k1", "k1"]);
});

test("a revoked key is taken for 30 s at most, even where it is used once in that time", async () => {
  const stage = new Stage();
  await stage.keyring.find("k1");
  stage.records.set("k1", { ...RECORD, revokedAt: stage.now });
  stage.now += 30 * SECOND;
  expect(await stage.keyring.find("k1")).toHaveProperty("revokedAt");
});

test("a key that is nobody's costs no more than one that is, and is found once it is there", async () => {
  const stage = new Stage();
  for (let times = 0; times < 10; times += 1) expect(await stage.keyring.find("k2")).toBeUndefined();
  expect(stage.asked).toEqual(["k2"]);
  stage.records.set("k2", { ...RECORD, id: "k2" });
  stage.now += 30 * SECOND;
  expect(await stage.keyring.find("k2")).toHaveProperty("id", "k2");
});

test("while D1 is down, a key that was seen goes on for 15 minutes, and others are told to wait", async () => {
  const stage = new Stage();
  await stage.keyring.find("k1");
  await stage.keyring.find("nobody");
  const seenAt = stage.now;
  stage.isDown = true;
  for (; stage.now < seenAt + 15 * MINUTE; stage.now += 10 * SECOND) {
    expect(await stage.keyring.find("k1")).toEqual(RECORD);
    await stage.settled();
  }
  const unavailable = { reason: "UNAVAILABLE" };
  await expect(stage.keyring.find("k1")).rejects.toMatchObject(unavailable);
  await expect(stage.keyring.find("unseen")).rejects.toMatchObject(unavailable);
  // It was nobody's; whether it still is nobody knows.
  await expect(stage.keyring.find("nobody")).rejects.toMatchObject(unavailable);
  stage.isDown = false;
  stage.now += 2 * SECOND;
  expect(await stage.keyring.find("k1")).toEqual(RECORD);
});

test("while D1 is down it is asked every two seconds, not by every caller", async () => {
  const stage = new Stage();
  await stage.keyring.find("k1");
  stage.isDown = true;
  stage.now += 40 * SECOND;
  stage.asked = [];
  const until = stage.now + 10 * SECOND;
  for (; stage.now < until; stage.now += 100) await stage.keyring.find("k1");
  expect(stage.asked.length).toBeLessThanOrEqual(5);
});

test("a key that does not answer in a second is waited for no longer by who has been seen", async () => {
  const stage = new Stage();
  const keyring = new Keyring({
    find: (id) => (stage.isDown ? new Promise(() => undefined) : Promise.resolve(stage.records.get(id))),
    used: () => Promise.resolve(),
    background: () => undefined,
    now: () => stage.now,
  });
  await keyring.find("k1");
  stage.isDown = true;
  stage.now += MINUTE;
  expect(await keyring.find("k1")).toEqual(RECORD);
});

test("that a key was used is noted once an hour", async () => {
  const stage = new Stage();
  const start = stage.now;
  for (; stage.now <= start + 2 * 60 * MINUTE; stage.now += MINUTE) {
    const record = await stage.keyring.find("k1");
    if (record === undefined) throw new Error("the key is gone");
    stage.keyring.noteUse(record);
    const lastUsedAt = stage.uses.at(-1);
    if (lastUsedAt !== undefined) stage.records.set("k1", { ...RECORD, lastUsedAt });
  }
  expect(stage.uses).toEqual([start, start + 60 * MINUTE, start + 120 * MINUTE]);
});

test("who makes ids up has D1 asked 50 times a second at most, and keys that were seen are not held up", async () => {
  const stage = new Stage();
  await stage.keyring.find("k1");
  const until = stage.now + 40 * SECOND;
  let refused = 0;
  for (let index = 0; stage.now < until; index += 1) {
    stage.now += 2;
    await stage.keyring.find(`nobody-${index}`).catch((error: { reason: string }) => {
      if (error.reason === "UNAVAILABLE") refused += 1;
    });
    expect(await stage.keyring.find("k1")).toEqual(RECORD);
  }
  expect(stage.asked.filter((id) => id !== "k1").length).toBeLessThanOrEqual(40 * 50 + 200);
  expect(refused).toBeGreaterThan(15_000);
});

test("an answer that was long on its way does not take the place of a newer one", async () => {
  const answers: ((record: StoredKey | undefined) => void)[] = [];
  let now = 1_000_000_000;
  const keyring = new Keyring({
    find: () => new Promise((resolve) => void answers.push(resolve)),
    used: () => Promise.resolve(),
    background: () => undefined,
    now: () => now,
  });
  const first = keyring.find("k1");
  answers[0]?.(RECORD);
  await first;
  now += 25 * SECOND;
  await keyring.find("k1");
  now += 6 * SECOND;
  const second = keyring.find("k1");
  answers[2]?.({ ...RECORD, revokedAt: now });
  expect(await second).toHaveProperty("revokedAt");
  answers[1]?.(RECORD);
  await Promise.resolve();
  expect(await keyring.find("k1")).toHaveProperty("revokedAt");
});

test("a database that is slow for who was seen is not down for who was not", async () => {
  const stage = new Stage();
  const keyring = new Keyring({
    find: (id) => (id === "k1" && stage.isDown ? new Promise(() => undefined) : Promise.resolve(stage.records.get(id))),
    used: () => Promise.resolve(),
    background: () => undefined,
    now: () => stage.now,
  });
  await keyring.find("k1");
  stage.isDown = true;
  stage.now += MINUTE;
  expect(await keyring.find("k1")).toEqual(RECORD);
  stage.records.set("k2", { ...RECORD, id: "k2" });
  expect(await keyring.find("k2")).toHaveProperty("id", "k2");
});

test("for a secret that is not known the key is read anew, once a second at most", async () => {
  const stage = new Stage();
  await stage.keyring.find("k1");
  const rerolled = { ...RECORD, hash: "new" };
  stage.records.set("k1", rerolled);
  for (let times = 0; times < 10; times += 1) expect(await stage.keyring.findAnew("k1")).toEqual(rerolled);
  expect(stage.asked).toEqual(["k1", "k1"]);
  expect(await stage.keyring.findAnew("nobody")).toBeUndefined();
  stage.isDown = true;
  stage.now += SECOND;
  for (let times = 0; times < 10; times += 1) expect(await stage.keyring.findAnew("k1")).toEqual(rerolled);
  expect(stage.asked).toHaveLength(3);
});
