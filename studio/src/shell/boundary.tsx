import { Component, type ComponentChildren } from "preact";
import { SHELL } from "../messages/shell.ts";
import { language } from "../state/preferences.ts";

/** Keeps a fault of one page from taking the others with it. */
export class Boundary extends Component<{ readonly children: ComponentChildren }, { readonly error?: string }> {
  override state: { readonly error?: string } = {};

  static override getDerivedStateFromError(error: unknown): { error: string } {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    const words = SHELL[language.get()];
    return (
      <section class="panel stack" role="alert">
        <h1>{words.fault}</h1>
        <p class="mono">{error}</p>
        <p>
          <button type="button" class="button primary" onClick={() => this.setState({ error: undefined })}>
            {words.again}
          </button>
        </p>
      </section>
    );
  }
}
