import { inMemory, type Target } from "../../src/testing/index.ts";
import type { Subject, TestMachine } from "../../src/testing/target.ts";

/** A target that lies: what must hold for every machine can be seen to be looked for. */
export function lying(lie: (machine: TestMachine) => Partial<TestMachine>): Target {
  const honest = inMemory();
  return {
    ...honest,
    open: async (configuration) => {
      const subject = await honest.open(configuration);
      const newMachine: Subject["newMachine"] = () => {
        const machine = subject.newMachine();
        const lies = lie(machine);
        return new Proxy(machine, {
          get(target, name) {
            const found: unknown = Reflect.get(name in lies ? lies : target, name);
            return typeof found === "function" ? found.bind(target) : found;
          },
        });
      };
      return { ...subject, newMachine };
    },
  };
}

/** The methods of a machine, to be called on another object. */
export function bound(machine: TestMachine): TestMachine {
  return {
    id: machine.id,
    create: (newMachine) => machine.create(newMachine),
    send: (event) => machine.send(event),
    read: () => machine.read(),
    listChanges: (after) => machine.listChanges(after),
    listRefused: () => machine.listRefused(),
    listAllowed: () => machine.listAllowed(),
    pass: (ms) => machine.pass(ms),
    now: () => machine.now(),
    close: (isKept) => machine.close(isKept),
  };
}
