/** `detent profile`: the services that are remembered. */
import type { Command } from "commander";
import { EXIT, Failure } from "../failure.ts";
import { addLeaf, addNoun, type Runner } from "../leaf.ts";
import { findProfile, readProfiles, writeProfiles } from "../profiles.ts";
import { formatTable } from "../table.ts";

export function addProfile(program: Command, runner: Runner): void {
  const profile = addNoun(program, "profile", "the services that are remembered");

  addLeaf(profile, runner, {
    name: "list",
    summary: "list the profiles; keys are not shown",
    examples: [["profile list", "all of them, the current one with a *"]],
    json: '`{"profiles": [{"name", "url", "has_key", "current"}]}`',
    run: async ({ output }) => {
      const { current, profiles } = await readProfiles();
      const listed = Object.entries(profiles).map(([name, { url, key }]) => {
        return { name, url, has_key: key !== undefined, current: name === current };
      });
      output.data({ profiles: listed }, () =>
        formatTable(
          ["", "NAME", "URL", "KEY"],
          listed.map(({ name, url, has_key: hasKey, current: isCurrent }) => [
            isCurrent ? "*" : "",
            name,
            url,
            hasKey ? "yes" : "no",
          ]),
        ),
      );
    },
  });

  addLeaf(profile, runner, {
    name: "use <name>",
    summary: "make a profile the current one",
    examples: [["profile use staging", "the commands ask that service from now on"]],
    json: '`{"profile", "url"}`',
    run: async ({ output }, name = "") => {
      const { profiles } = await readProfiles();
      const chosen = findProfile({ current: name, profiles }, name);
      if (chosen === undefined)
        throw new Failure(`there is no profile "${name}"`, EXIT.no, "detent profile list tells which there are");
      await writeProfiles({ current: name, profiles });
      output.data({ profile: name, url: chosen.url }, () => `${name}: ${chosen.url}`);
    },
  });
}
