/** `detent token`: what a page has in place of a key. */
import type { Command } from "commander";
import { collect, readMachineName } from "../input.ts";
import { addLeaf, addNoun, type Runner } from "../leaf.ts";

interface TokenFlags {
  readonly scope: readonly string[];
  readonly machine?: readonly string[];
  readonly configuration?: readonly string[];
  readonly event?: readonly string[];
  readonly subject?: string;
  readonly ttl?: string;
}

export function addToken(program: Command, runner: Runner): void {
  const token = addNoun(program, "token", "tokens: a part of what a key may do, for minutes");

  addLeaf<TokenFlags>(token, runner, {
    name: "create",
    summary: "make a token with a key, and print it",
    description: `Makes a token with the key in DETENT_KEY or in the profile, and prints it to stdout, alone. It reaches machines or
configurations, and ends with its key.`,
    examples: [
      ["token create --scope machines:read --machine orders/order-7", "for five minutes"],
      [
        "token create --scope machines:read --scope events:send --configuration orders --event cancel --ttl 15m",
        "one event",
      ],
    ],
    json: "the answer of `CreateToken`",
    options: (command) =>
      command
        .requiredOption("--scope <scope>", "what it may do; may be repeated", collect)
        .option("--machine <machine>", "a machine that it reaches; may be repeated", collect)
        .option("--configuration <name>", "a configuration that it reaches; may be repeated", collect)
        .option("--event <event>", "an event that it may send; may be repeated (every one)", collect)
        .option("--subject <text>", "whom it is for, in your words: it stands in receipts")
        .option("--ttl <duration>", "how long it works: 15m, PT1H (5 minutes)"),
    run: async ({ output, door, flags }) => {
      const { scope: scopes, configuration: configurations, event: events, subject, ttl } = flags;
      const machines = flags.machine?.map(readMachineName);
      const body = { scopes, machines, configurations, events, subject, ttl };
      const call = { isRepeatable: true };
      const answer = await (await door()).post<{ token: string; expires_at: string }>("/api/v1/tokens", body, call);
      output.data(answer, () => answer.token);
      output.say(`it works until ${answer.expires_at}`);
    },
  });
}
