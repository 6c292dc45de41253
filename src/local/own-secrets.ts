/**
 * The secrets of a server on this machine, made when it starts for the first time and kept beside its storage, readable by
 * this user alone: keys and tokens work here as they do in a deployment.
 */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeSecrets, SECRETS } from "./secrets.ts";

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
  const { values, rootKey } = makeSecrets(SECRETS);
  const lines = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
  const ours = { mode: 0o600 };
  await writeFile(files.rootKeyFile, `${rootKey}\n`, ours);
  // Last: it tells that all of them are there.
  await writeFile(files.envFile, lines.join(""), ours);
  return files;
}
