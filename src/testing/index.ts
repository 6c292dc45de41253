export { Machine } from "../machine/machine.ts";
