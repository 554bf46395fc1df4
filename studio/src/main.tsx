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

const whenIdle = globalThis.requestIdleCallback ?? setTimeout;
void start().finally(() => whenIdle(() => void loadPages()));
