import { inMemory, type Target } from "../../src/testing/index.ts";
import type { Snapshot, Subject, TestMachine } from "../../src/testing/target.ts";

/** A target that lies: what must hold for every machine can be seen to be looked for. */
export function lying(lie: (machine: TestMachine) => Partial<TestMachine>): Target {
  const honest = inMemory();
  return {
    ...honest,
    open: async (configuration) => {
      const subject = await honest.open(configuration);
      const deceive = (machine: TestMachine): TestMachine => {
        const lies: Partial<TestMachine> = { snapshot: () => copyOf(machine), ...lie(machine) };
        return new Proxy(machine, {
          get(target, name) {
            const found: unknown = Reflect.get(name in lies ? lies : target, name);
            return typeof found === "function" ? found.bind(target) : found;
          },
        });
      };
      /** What is made of it lies as it does. */
      const copyOf = (machine: TestMachine): Snapshot => {
        const snapshot = machine.snapshot?.();
        if (snapshot === undefined) throw new Error("a machine in memory can be copied");
        return { rows: snapshot.rows, make: () => deceive(snapshot.make()) };
      };
      const newMachine: Subject["newMachine"] = () => deceive(subject.newMachine());
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
