/** The console begins. */
import { render } from "preact";
import { App } from "./app.tsx";
import "./style/index.css";

const root = document.getElementById("console");
if (root === null) throw new Error("the shell has no #console");
root.replaceChildren();
render(<App />, root);
