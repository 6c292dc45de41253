/**
 * Profiles: services by name, with the key for each, in `detent/profiles.json` below XDG_CONFIG_HOME
 * (https://specifications.freedesktop.org/basedir/latest/), readable by their owner only.
 */
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { usage } from "./failure.ts";

export interface Profile {
  readonly url: string;
  /** Absent: the service asks for none, as on one's own machine. */
  readonly key?: string;
}

export interface Profiles {
  /** The one that is used where none is named. */
  readonly current: string;
  readonly profiles: Readonly<Record<string, Profile>>;
}

const NONE: Profiles = { current: "default", profiles: {} };
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Where the profiles are kept. */
export function profilesFile(): string {
  return join(xdgHome("XDG_CONFIG_HOME", ".config"), "detent/profiles.json");
}

/** A base directory of XDG: what the variable says where it is an absolute path, else `fallback` below the home directory. */
export function xdgHome(variable: string, fallback: string): string {
  const named = process.env[variable] ?? "";
  return named.startsWith("/") ? named : join(homedir(), fallback);
}

/** No file: no profiles. */
export async function readProfiles(): Promise<Profiles> {
  const file = profilesFile();
  let text;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return NONE;
    throw usage(`the profiles cannot be read: ${(error as Error).message}`);
  }
  try {
    const { current, profiles } = JSON.parse(text) as Partial<Profiles>;
    if (typeof current === "string" && isProfiles(profiles)) return { current, profiles };
  } catch {
    // Told below.
  }
  throw usage(`${file} is not a file of profiles`, "mend it, or move it away and log in again");
}

function isProfiles(value: unknown): value is Profiles["profiles"] {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).every(
    (profile: Partial<Profile> | null) =>
      typeof profile?.url === "string" && ["string", "undefined"].includes(typeof profile.key),
  );
}

/** Stores them, whole or not at all. */
export async function writeProfiles(profiles: Profiles): Promise<void> {
  const file = profilesFile();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

/** Throws where `name` cannot be one. */
export function checkProfileName(name: string): void {
  if (NAME.test(name)) return;
  throw usage(`"${name}" is no name of a profile: letters, digits, ".", "_" and "-", 63 at most`);
}

/** The profile of this name; undefined where there is none. */
export function findProfile({ profiles }: Profiles, name: string): Profile | undefined {
  return Object.hasOwn(profiles, name) ? profiles[name] : undefined;
}
