/**
 * What a deployment keeps to itself. Each secret that may be changed holds several values, the present one first: what was
 * made with an earlier one is still known, until that is taken off.
 */

export interface Secrets {
  /** With which keys are hashed: who reads the database cannot make or guess a key. */
  readonly peppers: readonly string[];
  /** With which tokens are signed. */
  readonly tokenSecrets: readonly string[];
  /** SHA-256 of the root key, in lower-case hex. */
  readonly rootKeyHash: string;
}

/** The variables; each is set by `wrangler secret put`. */
export interface SecretVariables {
  readonly DETENT_KEY_PEPPER?: string;
  readonly DETENT_TOKEN_SECRET?: string;
  readonly DETENT_ROOT_KEY_HASH?: string;
}

/** As many characters as 256 bits have in base64url. */
const LEAST_LENGTH = 43;

/** The secrets, checked; throws an Error that names the variable and the rule, and never a value. */
export function readSecrets(env: SecretVariables): Secrets {
  const missing = (["DETENT_KEY_PEPPER", "DETENT_TOKEN_SECRET", "DETENT_ROOT_KEY_HASH"] as const).filter(
    (name) => !env[name],
  );
  if (missing.length > 0) {
    throw new Error(`a secret is missing: ${missing.join(", ")}; set it by \`wrangler secret put\``);
  }
  const rootKeyHash = env.DETENT_ROOT_KEY_HASH ?? "";
  if (!/^[0-9a-f]{64}$/.test(rootKeyHash)) {
    throw new Error("DETENT_ROOT_KEY_HASH must be the SHA-256 of the root key: 64 digits in lower-case hex");
  }
  return {
    peppers: readList("DETENT_KEY_PEPPER", env.DETENT_KEY_PEPPER),
    tokenSecrets: readList("DETENT_TOKEN_SECRET", env.DETENT_TOKEN_SECRET),
    rootKeyHash,
  };
}

function readList(name: keyof SecretVariables, text = ""): string[] {
  const values = text.split(",").map((value) => value.trim());
  if (values.some((value) => value.length < LEAST_LENGTH)) {
    throw new Error(`${name} must have at least ${LEAST_LENGTH} characters; of several, each, with commas between`);
  }
  return values;
}
