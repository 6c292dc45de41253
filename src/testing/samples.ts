/** Data to try events and creations with: a walk cannot guess what a guard or a schema asks for. */
import type { Configuration } from "../engine/configuration.ts";
import { show } from "./match.ts";
import type { Data, NewMachine } from "./target.ts";

export interface SampleOptions {
  /** Event -> the data to try it with, one after the other. An event that is not named is tried without data. */
  readonly samples?: Readonly<Record<string, readonly object[]>>;
  /** What machines begin with. Default: one in the starting state, without data. */
  readonly creations?: readonly NewMachine[];
}

export interface Samples {
  readonly creations: readonly NewMachine[];
  of(event: string): readonly Data[];
}

export function readSamples({ events }: Configuration, { samples = {}, creations = [{}] }: SampleOptions): Samples {
  const named = new Map(Object.entries(samples));
  for (const event of named.keys()) {
    if (!events.includes(event)) throw new TypeError(`samples: the configuration has no event ${show(event)}`);
  }
  if (creations.length === 0) throw new TypeError("creations: there must be one at least");
  const none: readonly Data[] = [{}];
  return { creations, of: (event) => (named.get(event) as readonly Data[] | undefined) ?? none };
}
