/** `detent key`: API keys. A secret is printed once, and never comes from a flag. */
import { Option, type Command } from "commander";
import type { Page } from "../answers.ts";
import { collect, toSegment } from "../input.ts";
import { endOf, printSecret, type Key, type ShownKey } from "../keys.ts";
import { addLeaf, addNoun, type Runner } from "../leaf.ts";
import { addLimitOption, readDuration, readLimit } from "../options.ts";
import { readPages, tellOfMore } from "../pages.ts";
import { formatTable, toPrintable, toYaml } from "../table.ts";

interface TenantFlags {
  readonly tenant?: string;
}

interface CreateFlags extends TenantFlags {
  readonly scope: readonly string[];
  readonly configuration?: readonly string[];
  readonly expiresAt?: string;
  readonly expiresIn?: string;
}

const KEYS = "/api/v1/keys";

export function addKey(program: Command, runner: Runner): void {
  const key = addNoun(program, "key", "API keys: create, list, get, reroll, revoke");

  addLeaf<CreateFlags>(key, runner, {
    name: "create <name>",
    summary: "make a key, and print its secret, once",
    description: `Makes a key, and prints its secret to stdout, alone and only this once. Scopes: configurations:read, configurations:write,
machines:read, machines:write, events:send, ops, keys:admin.`,
    examples: [
      ["key create ci --scope events:send > key", "a secret for a file"],
      ["key create shop --scope machines:read --scope events:send --configuration orders", "of one configuration"],
      ["key create guest --scope machines:read --expires-in 90d", "ends by itself"],
      ["key create admin --tenant acme --scope keys:admin", "with the root key: of a tenant"],
    ],
    json: "the answer of `CreateKey`, secret included",
    options: (command) =>
      addTenantOption(command)
        .requiredOption("--scope <scope>", "what it may do; may be repeated", collect)
        .option("--configuration <name>", "only for this configuration; may be repeated", collect)
        .option("--expires-at <time>", "when it ends (RFC 3339)")
        .addOption(new Option("--expires-in <duration>", "the same from now on: 90d, 12h").conflicts("expiresAt")),
    run: async ({ output, door, flags }, name = "") => {
      const { scope: scopes, configuration: configurations, expiresAt, expiresIn, tenant } = flags;
      const expires =
        expiresIn === undefined
          ? expiresAt
          : new Date(Date.now() + readDuration("--expires-in", expiresIn)).toISOString();
      const body = { name, scopes, configurations, expires_at: expires, tenant };
      // Not tried again: there would be two.
      printSecret(output, await (await door()).post<ShownKey>(KEYS, body));
    },
  });

  addLeaf<TenantFlags & { readonly limit: number }>(key, runner, {
    name: "list",
    summary: "list keys, oldest first, without their secrets",
    examples: [["key list", "what they may do, and when they were used last"]],
    json: "the answer of `ListKeys`, its pages as one",
    options: (command) => addLimitOption(addTenantOption(command)),
    run: async ({ output, door, flags }) => {
      const asked = { query: { tenant: flags.tenant }, most: readLimit(flags) };
      const found = await readPages<Page & { readonly keys: readonly Key[] }>(await door(), KEYS, "keys", asked);
      output.data(found, () =>
        formatTable(
          ["ID", "NAME", "SCOPES", "CONFIGURATIONS", "LAST USED", "END"],
          found.keys.map((each) => [
            each.id,
            each.name,
            each.scopes.join(" "),
            each.configurations.join(" ") || "all",
            each.last_used_at ?? "",
            endOf(each),
          ]),
        ),
      );
      tellOfMore(output, found);
    },
  });

  addLeaf<TenantFlags>(key, runner, {
    name: "get <id>",
    summary: "show a key, without its secret",
    examples: [["key get mTB6dJlqVxZ2kW0a", "by its id, which stands in receipts, too"]],
    json: "the answer of `GetKey`",
    options: addTenantOption,
    run: async ({ output, door, flags }, id = "") => {
      const answer = await (await door()).get<Key>(keyPath(id), { tenant: flags.tenant });
      output.data(answer, () => toYaml(answer));
    },
  });

  addLeaf<TenantFlags & { readonly grace?: string }>(key, runner, {
    name: "reroll <id>",
    summary: "give a key another secret, and print it, once",
    examples: [
      ["key reroll mTB6dJlqVxZ2kW0a > key", "the secret before goes on for a day"],
      ["key reroll mTB6dJlqVxZ2kW0a --grace 1h", "for an hour"],
      ["key reroll mTB6dJlqVxZ2kW0a --grace PT0S", "it ends at once"],
    ],
    json: "the answer of `RerollKey`, secret included",
    options: (command) =>
      addTenantOption(command).option("--grace <duration>", "how long the secret before goes on (a day)"),
    run: async ({ output, door, flags }, id = "") => {
      const body = { grace: flags.grace, tenant: flags.tenant };
      // Not tried again: of two earlier secrets only the last goes on.
      printSecret(output, await (await door()).post<ShownKey>(`${keyPath(id)}/reroll`, body));
    },
  });

  addLeaf<TenantFlags>(key, runner, {
    name: "revoke <id>",
    summary: "end a key for good, and every token made with it",
    examples: [["key revoke mTB6dJlqVxZ2kW0a", "heeded everywhere within 30 seconds"]],
    json: "the answer of `RevokeKey`",
    options: addTenantOption,
    run: async ({ output, door, flags }, id = "") => {
      const call = { isRepeatable: true };
      const answer = await (await door()).post<Key>(`${keyPath(id)}/revoke`, { tenant: flags.tenant }, call);
      output.data(answer, () => toPrintable(`revoked: ${answer.id} (${answer.name})`));
    },
  });
}

function addTenantOption(command: Command): Command {
  return command.option("--tenant <name>", "with the root key: whose keys");
}

function keyPath(id: string): string {
  return `${KEYS}/${toSegment(id)}`;
}
