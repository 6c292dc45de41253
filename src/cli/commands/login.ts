/** `detent login` and `logout`: a service and its key, remembered as a profile. */
import type { Command } from "commander";
import { text as readStream } from "node:stream/consumers";
import { Door } from "../door.ts";
import { EXIT, Failure, Refused, usage } from "../failure.ts";
import { addLeaf, type Runner } from "../leaf.ts";
import { checkProfileName, findProfile, profilesFile, readProfiles, writeProfiles } from "../profiles.ts";
import { checkCredential, toServiceUrl } from "../settings.ts";

interface LoginFlags {
  readonly url?: string;
  readonly profile?: string;
  /** False with --no-key. */
  readonly key: boolean;
}

export function addLogin(program: Command, runner: Runner): void {
  addLeaf<LoginFlags>(program, runner, {
    name: "login",
    summary: "remember a service and its key as a profile",
    description: `Remembers a service and its key as a profile, and makes it the current one. The key is read from stdin, or asked for
where stdin is a terminal; never from a flag, which other users of the machine could see. It is tried before it is stored.`,
    examples: [
      ["login --url https://detent.example.com < key", "the key from a file"],
      ["login --url https://detent.example.com", "asks for the key"],
      ["login --profile staging --url https://staging.example.com < key", "as another profile"],
      ["login --url http://localhost:8787 --no-key", "a service that asks for none"],
    ],
    json: '`{"profile", "url"}`',
    options: (command) => command.option("--no-key", "the service asks for no key"),
    run: async ({ output, flags, signal }) => {
      const profiles = await readProfiles();
      const name = flags.profile ?? (process.env["DETENT_PROFILE"] || profiles.current);
      checkProfileName(name);
      const known = findProfile(profiles, name)?.url;
      const address = flags.url ?? (process.env["DETENT_URL"] || known);
      if (address === undefined)
        throw usage("name the service", "for example: detent login --url https://detent.example.com");
      const url = toServiceUrl(address);
      const key = flags.key ? await readKey(url) : undefined;
      await tryOut(new Door({ url, key }, { onPause: (text) => output.say(text), signal }));
      const profile = { url, ...(key !== undefined && { key }) };
      await writeProfiles({ current: name, profiles: { ...profiles.profiles, [name]: profile } });
      output.data({ profile: name, url }, () => `${name}: ${url}`);
      output.say(`kept in ${profilesFile()}; the commands ask this service from now on`);
    },
  });

  addLeaf<{ readonly profile?: string }>(program, runner, {
    name: "logout",
    summary: "forget a profile and its key",
    examples: [
      ["logout", "the current profile"],
      ["logout --profile staging", "another one"],
    ],
    json: '`{"profile"}`',
    run: async ({ output, flags }) => {
      const { current, profiles } = await readProfiles();
      const name = flags.profile ?? (process.env["DETENT_PROFILE"] || current);
      if (findProfile({ current, profiles }, name) === undefined) {
        throw new Failure(`there is no profile "${name}"`, EXIT.no);
      }
      const { [name]: _forgotten, ...others } = profiles;
      await writeProfiles({
        current: name === current ? (Object.keys(others)[0] ?? "default") : current,
        profiles: others,
      });
      output.data({ profile: name }, () => `forgotten: ${name}`);
      output.say("the key itself is still valid; revoke it with: detent key revoke ID");
    },
  });
}

async function readKey(url: string): Promise<string> {
  // Nobody types a key that would not be sent.
  checkCredential(url, "-");
  const key = (process.stdin.isTTY ? await askForKey(url) : await readStream(process.stdin)).trim();
  if (key === "") throw usage("there is no key on stdin", "where the service asks for none: --no-key");
  checkCredential(url, key);
  return key;
}

async function askForKey(url: string): Promise<string> {
  const { isCancel, password } = await import("@clack/prompts");
  const typed = await password({ message: `The key for ${url}`, output: process.stderr });
  if (isCancel(typed)) throw new Failure("interrupted", EXIT.interrupted);
  return typed;
}

/** Throws unless the service takes the credential; one that may not list configurations is one all the same. */
async function tryOut(door: Door): Promise<void> {
  try {
    await door.get("/api/v1/configurations", { page_size: 1 });
  } catch (error) {
    if (!(error instanceof Refused) || error.problem.reason !== "PERMISSION_DENIED") throw error;
  }
}
