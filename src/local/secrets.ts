/** The secrets of a deployment, made where one is set up. */
import { createHash, randomBytes } from "node:crypto";
// oxlint-disable-next-line no-restricted-imports -- how a key is written is one rule, here and on the server
import { makeKey, ROOT_KEY_ID } from "../auth/key-text.ts";

export const SECRETS = ["DETENT_KEY_PEPPER", "DETENT_TOKEN_SECRET", "DETENT_ROOT_KEY_HASH"] as const;

export type SecretName = (typeof SECRETS)[number];

interface NewSecrets {
  readonly values: Readonly<Partial<Record<SecretName, string>>>;
  /** To be shown once; undefined when no root key was made. */
  readonly rootKey: string | undefined;
}

/** New values for the secrets named. */
export function makeSecrets(names: readonly SecretName[]): NewSecrets {
  const rootKey = names.includes("DETENT_ROOT_KEY_HASH") ? makeKey(ROOT_KEY_ID).text : undefined;
  const values = names.map(
    (name) => [name, name === "DETENT_ROOT_KEY_HASH" ? hashOf(rootKey ?? "") : random()] as const,
  );
  return { values: Object.fromEntries(values), rootKey };
}

/** 256 bits. */
function random(): string {
  return randomBytes(32).toString("base64url");
}

function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
