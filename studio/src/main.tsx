import { render } from "preact";
import { App } from "./app.tsx";
import { applyTheme } from "./styles/theme.ts";
import "fovea/views";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/shell.css";

applyTheme();
render(<App />, document.getElementById("app") as HTMLElement);
