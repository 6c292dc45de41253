/** A door as the cases see it: the house's words in, the house's words out, whatever stands between. */
import type {
  Answer,
  ConfigurationInput,
  EventAddress,
  EventInput,
  MachineAddress,
  MachineCountInput,
  MachineInput,
  MachineListInput,
  MigrationInput,
} from "./cases.ts";

type Named<T> = T & { readonly configuration: string };

export interface Door {
  readonly name: string;
  readonly kind: "v1beta" | "v1" | "json";
  createConfiguration(input: ConfigurationInput): Promise<Answer>;
  createMachine(input: Named<MachineInput>): Promise<Answer>;
  getMachine(address: Named<MachineAddress>): Promise<Answer>;
  listMachines(input: Named<MachineListInput>): Promise<Answer>;
  countMachines(input: Named<MachineCountInput>): Promise<Answer>;
  migrateMachine(input: Named<MigrationInput>): Promise<Answer>;
  deprecate(configId: string): Promise<Answer>;
  /** The versions of one configuration. */
  listVersions(configuration: string): Promise<Answer>;
  sendEvent(input: Named<EventInput>): Promise<Answer>;
  getEvent(address: Named<EventAddress>): Promise<Answer>;
}

export function configIdOf(configuration: string, version: string | undefined): string {
  return version === undefined ? configuration : `${configuration}:${version}`;
}
