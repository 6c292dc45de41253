/**
 * The secrets of a server on this machine, made when it starts for the first time and kept beside its storage, readable by
 * this user alone: keys and tokens work here as they do in a deployment.
 */
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
// oxlint-disable-next-line no-restricted-imports -- how a key is written: no part of what serves
import { makeKey, ROOT_KEY_ID } from "../auth/key-text.ts";

/** Where they are. */
export interface SecretFiles {
  /** For wrangler. */
  readonly envFile: string;
  /** The root key, which manages tenants and keys. */
  readonly rootKeyFile: string;
}

/** Sees to it that `dir` has secrets; those that are there stay. */
export async function ensureSecrets(dir: string): Promise<SecretFiles> {
  const files = { envFile: join(dir, "secrets.env"), rootKeyFile: join(dir, "root-key") };
  if (existsSync(files.envFile)) return files;
  await mkdir(dir, { recursive: true });
  const rootKey = makeKey(ROOT_KEY_ID).text;
  const secrets = {
    DETENT_KEY_PEPPER: randomBytes(32).toString("base64url"),
    DETENT_TOKEN_SECRET: randomBytes(32).toString("base64url"),
    DETENT_ROOT_KEY_HASH: createHash("sha256").update(rootKey).digest("hex"),
  };
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  const ours = { mode: 0o600 };
  await writeFile(files.rootKeyFile, `${rootKey}\n`, ours);
  // Last: it tells that all of them are there.
  await writeFile(files.envFile, lines.join(""), ours);
  return files;
}
