import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";
import { render } from "preact";

import.meta.glob(
  "../../src/views/elements/{attention-map,head-grid,ribbons,step-scrubber,compare,line-chart,probe-strip}.ts",
  { eager: true },
);

import { App } from "./app.tsx";
import { start } from "./state/start.ts";
import { applyTheme } from "./styles/theme.ts";

applyTheme();
render(<App />, document.getElementById("app") as HTMLElement);
void start();
