/** Which service a command asks, and with which key: flags before the environment before the profile. */
import { checkKey, checkWay } from "../credential-check.ts";
import { usage } from "./failure.ts";
import { findProfile, readProfiles } from "./profiles.ts";

/** Where `npm start` serves. */
const OWN_MACHINE = "http://localhost:8787";

export interface Settings {
  /** Without a slash at its end. */
  readonly url: string;
  readonly key: string | undefined;
}

/** What of the command line is about it. */
export interface SettingsFlags {
  readonly url?: string | undefined;
  readonly profile?: string | undefined;
}

/**
 * `DETENT_URL` and `DETENT_PROFILE` are the flags' defaults. The key is that of `DETENT_KEY`, else the profile's, which goes
 * only to the profile's own service: another address, however it got here, does not get it.
 */
export async function readSettings(flags: SettingsFlags): Promise<Settings> {
  const profiles = await readProfiles();
  const named = flags.profile ?? (process.env["DETENT_PROFILE"] || undefined);
  const profile = findProfile(profiles, named ?? profiles.current);
  if (named !== undefined && profile === undefined) {
    throw usage(`there is no profile "${named}"`, `make it with: detent login --profile ${named}`);
  }
  const url = toServiceUrl(flags.url ?? (process.env["DETENT_URL"] || profile?.url || OWN_MACHINE));
  const isItsOwn = profile !== undefined && toServiceUrl(profile.url) === url;
  const key = process.env["DETENT_KEY"] || (isItsOwn ? profile.key : undefined);
  if (key !== undefined) checkCredential(url, key);
  return { url, key };
}

/** The address of a service as it is kept and compared. Throws where it is none. */
export function toServiceUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw usage(`"${text}" is not an address like https://detent.example.com`);
  if (url.username !== "" || url.password !== "") throw usage("an address must not have a user or password in it");
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** A key is a secret: it goes over TLS, or stays on this machine, and is never shown. Throws otherwise. */
export function checkCredential(url: string, key: string): void {
  const problem = checkKey(key) ?? checkWay(url);
  if (problem !== undefined) throw usage(problem);
}
