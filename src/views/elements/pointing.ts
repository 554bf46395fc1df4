import { ElementBase } from "./base.ts";
import {
  isSamePlace,
  nextSelection,
  type Place,
  type Selection,
  type SelectionAction,
  type SelectionState,
  shownPlace,
} from "./selection.ts";

/**
 * Base of the views in which a place can be pointed at and pinned: `selection` for other views to follow, and the events
 * `fovea-point` and `fovea-pin`.
 */
export abstract class PointingElement extends ElementBase {
  #pointing: SelectionState = {};

  /** What is pointed at and what is pinned. */
  protected get pointing(): SelectionState {
    return this.#pointing;
  }

  /** Shows the place that is pointed at or pinned. */
  protected showPlace(): void {
    this.invalidate();
  }

  /** What `fovea-point` and `fovea-pin` tell of a place. */
  protected detailOf(place: Place | undefined): unknown {
    return place;
  }

  /** What is shown as pointed at or pinned. Setting it fires no event. */
  get selection(): Selection {
    const place = shownPlace(this.#pointing);
    return { ...place, pinned: place !== undefined && isSamePlace(place, this.#pointing.pinned) };
  }

  set selection(selection: Selection | undefined) {
    this.#pointing = nextSelection(this.#pointing, { kind: "show", selection });
    this.telling.follow();
    this.showPlace();
  }

  /** Does what the reader did here, and tells it. @returns whether anything changed */
  protected act(action: SelectionAction): boolean {
    const before = this.#pointing;
    this.#pointing = nextSelection(before, action);
    if (this.#pointing === before) return false;
    this.telling.act();
    this.showPlace();
    const { pointed, pinned } = this.#pointing;
    if (!isSamePlace(before.pointed, pointed)) this.emit("fovea-point", this.detailOf(pointed));
    if (!isSamePlace(before.pinned, pinned)) this.emit("fovea-pin", this.detailOf(pinned));
    return true;
  }
}
