import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import { render } from "preact";
import "fovea/views";
import { App } from "./app.tsx";
import { loadPages } from "./pages/index.ts";
import { start } from "./state/start.ts";
import { applyTheme } from "./styles/theme.ts";

applyTheme();
render(<App />, document.getElementById("app") as HTMLElement);

/** What is looked at first comes first; the other pages are fetched some seconds later, so that they are there without a server, too. */
const LATER_MS = 3000;
const whenIdle = globalThis.requestIdleCallback ?? setTimeout;
void start().finally(() => setTimeout(() => whenIdle(() => void loadPages()), LATER_MS));
