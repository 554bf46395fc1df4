import { type AttentionMap, checkAttentionMap } from "../attention-map.ts";
import { type Rgb, sequentialTable } from "../color-table.ts";
import { messages } from "../messages.ts";
import { formatNumber } from "../number-text.ts";
import { type Cell, cellOf, type DrawnMap, drawnMap, type MapScale, placeOf } from "./attention-map-data.ts";
import { type MapFrame, makeFrame } from "./attention-map-frame.ts";
import { listen, type MapControl } from "./attention-map-input.ts";
import { updateLabels } from "./attention-map-labels.ts";
import { cellAt, layoutMatrix, type MatrixLayout } from "./attention-map-layout.ts";
import { type MarkContext, sentenceOf, updateChip, updateMarks, updateTip } from "./attention-map-marks.ts";
import { type DrawnWindow, holds, paintRamp, paintWindow, type Seen, updateBars, windowAround } from "./attention-map-paint.ts";
import { Rover } from "./attention-map-rover.ts";
import { ATTENTION_MAP_STYLE } from "./attention-map-style.ts";
import { buildTable } from "./attention-map-table.ts";
import { define, ElementBase, setAttribute, setText } from "./base.ts";
import { elementMessages } from "./messages.ts";
import {
  isSamePlace,
  nextSelection,
  type Place,
  type Selection,
  type SelectionAction,
  type SelectionState,
  shownPlace,
} from "./selection.ts";

export type MapView = "matrix" | "table";
