/**
 * Tokens for browsers: a server exchanges its key for one that lives for minutes and reaches a part of what the key does.
 * JSON Web Tokens (RFC 7519) under HMAC-SHA-256, and no other algorithm; signed and read by `jose`.
 */
import { errors, jwtVerify, SignJWT } from "jose";
import * as v from "valibot";
import { SCOPES, type Scope } from "./scope.ts";

/** What a token says. */
export interface TokenClaims {
  readonly tenant: string;
  /** The key it was made with: it ends with it. Empty for the anonymous tenant's. */
  readonly key: string;
  /** Whose browser it is for, as the server that made it calls them; may be empty. */
  readonly subject: string;
  readonly scopes: readonly Scope[];
  readonly configurations: readonly string[];
  /** Pairs of configuration and id; absent: every machine of the configurations. */
  readonly machines?: readonly (readonly [string, string])[];
  /** Absent: every event. */
  readonly events?: readonly string[];
  /** Epoch seconds, as in the token. */
  readonly expiresAt: number;
}

const ALGORITHM = "HS256";
const ISSUER = "detent";
/** Clocks of a deployment's machines differ by less. */
const CLOCK_TOLERANCE_SECONDS = 5;

const CLAIMS = v.object({
  tenant: v.string(),
  key: v.string(),
  sub: v.optional(v.string()),
  scopes: v.array(v.picklist(SCOPES)),
  // An empty list would reach nothing; where a credential is described, it would read as everything.
  configurations: v.pipe(v.array(v.string()), v.minLength(1)),
  machines: v.optional(v.pipe(v.array(v.strictTuple([v.string(), v.string()])), v.minLength(1))),
  events: v.optional(v.pipe(v.array(v.string()), v.minLength(1))),
  exp: v.pipe(v.number(), v.safeInteger()),
});

/** Makes and reads the tokens of a deployment: the first secret signs, every one is known. */
export class Tokens {
  readonly #secrets: readonly Uint8Array[];

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.map((secret) => new TextEncoder().encode(secret));
  }

  async sign({ subject, expiresAt, ...claims }: TokenClaims, id: string): Promise<string> {
    const [secret] = this.#secrets;
    if (secret === undefined) throw new Error("no secret");
    const token = new SignJWT({ ...claims })
      .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
      .setIssuer(ISSUER)
      .setJti(id)
      .setExpirationTime(expiresAt);
    if (subject !== "") token.setSubject(subject);
    return await token.sign(secret);
  }

  /** What the token says at `now` (epoch ms); "expired" for one of ours whose time is over, undefined for any other text. */
  async read(text: string, now: number): Promise<TokenClaims | "expired" | undefined> {
    for (const secret of this.#secrets) {
      try {
        const { payload } = await jwtVerify(text, secret, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          currentDate: new Date(now),
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          requiredClaims: ["exp", "tenant", "key"],
        });
        const claims = v.safeParse(CLAIMS, payload);
        return claims.success ? toClaims(claims.output) : undefined;
      } catch (error) {
        if (error instanceof errors.JWTExpired) return "expired";
      }
    }
    return undefined;
  }
}

function toClaims({ sub = "", exp, machines, events, ...claims }: v.InferOutput<typeof CLAIMS>): TokenClaims {
  return {
    ...claims,
    subject: sub,
    expiresAt: exp,
    ...(machines !== undefined && { machines }),
    ...(events !== undefined && { events }),
  };
}
