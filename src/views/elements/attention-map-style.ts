/** Style of the attention map, above the shared style of all elements. */
export const ATTENTION_MAP_STYLE: string = `
.tools{display:flex;flex-wrap:wrap;gap:6px;align-items:center;min-height:30px;margin-bottom:8px}
.tools select{max-width:100%}
.tools .space{flex:1}
.tools .zoom{display:inline-flex;gap:4px}
.chip{display:inline-flex;gap:7px;align-items:center;max-width:100%;border-radius:14px!important;border-color:var(--ink)!important;font-family:var(--mono)!important;font-size:12px!important}
.chip bdi{overflow:hidden;text-overflow:ellipsis;white-space:nowrap;max-width:14em}
.scroller{overflow:auto;max-height:var(--fovea-map-height,75vh);position:relative;scrollbar-width:thin}
.sheet{display:grid;width:max-content;position:relative;font:12px/15px var(--mono)}
.sheet>*{position:relative;min-width:0}
.corner,.head,.side,.foot,.end{background:var(--paper)}
.head{position:sticky;top:0;z-index:2;grid-column:2/4;grid-row:1;overflow:hidden}
.corner{position:sticky;top:0;left:0;z-index:3;grid-column:1;grid-row:1}
.side{position:sticky;left:0;z-index:2;grid-column:1;grid-row:2}
.cells{grid-column:2;grid-row:2;cursor:crosshair;background:var(--grid);touch-action:manipulation}
.rowbars{position:sticky;right:0;z-index:1;grid-column:3;grid-row:2;background:var(--paper)}
.under{position:sticky;left:0;bottom:0;z-index:3;grid-column:1;grid-row:3;background:var(--paper)}
.foot{position:sticky;bottom:0;z-index:1;grid-column:2;grid-row:3}
.end{position:sticky;right:0;bottom:0;z-index:2;grid-column:3;grid-row:3;color:var(--faint);font:11px/14px var(--sans);padding:4px 0 0 8px;white-space:nowrap;overflow:hidden}
.few .under{background:none}
.bare .rowbars,.bare .foot,.bare .end,.bare .under{background:none}
canvas{position:absolute;display:block;pointer-events:none}
.bars{position:absolute;left:0;top:0;overflow:visible}
.bars path{fill:var(--bar)}
.caption{position:absolute;color:var(--faint);font:11px/15px var(--sans);white-space:nowrap}
.head .caption{left:0;top:0}
.head .caption span{position:sticky;left:0}
.side .caption{position:sticky;top:0;display:block;writing-mode:vertical-rl;transform:rotate(180deg);width:15px;margin:0 auto 0 0;padding-bottom:2px;text-align:right}
.side .caption:lang(zh){transform:none;text-align:left}
.labels{position:absolute;inset:0;cursor:pointer}
.label{position:absolute;white-space:pre;user-select:text;color:var(--ink);unicode-bidi:isolate}
.side .label{right:7px;height:15px;margin-top:-7.5px;padding:0 1px;text-align:right}
.head .label{bottom:3px;height:15px;padding:0 1px;transform-origin:0 100%}
.head.turn0 .label{transform:translateX(-50%)}
.head.turn45 .label{transform:translate(2px,-2px) rotate(-45deg)}
.head.turn90 .label{transform:translate(7.5px,-1px) rotate(-90deg)}
.label:hover{text-decoration:underline}
.label.masked{text-decoration:line-through;color:var(--faint)}
.flag{z-index:1;background:var(--ink);color:var(--paper);border-radius:3px;pointer-events:none}
.number{position:absolute;margin-top:-7.5px;color:var(--faint);font:11px/15px var(--mono);font-variant-numeric:tabular-nums}
.mark{position:absolute;left:0;top:0;pointer-events:none;box-sizing:border-box}
.lane{border:0 solid var(--ink);opacity:.75}
.lane.row{border-width:1px 0}
.lane.column{border-width:0 1px}
.box{border:2px solid var(--ink);outline:1px solid var(--paper)}
.pin{border:2px solid var(--paper);outline:2px solid var(--ink);border-radius:2px}
.masks{position:absolute;inset:0;pointer-events:none;overflow:hidden}
.masks i{position:absolute;top:0;bottom:0;border:1px solid var(--faint);background:repeating-linear-gradient(135deg,transparent 0 4px,var(--faint) 4px 5px)}
.rover{position:absolute;left:0;top:0;pointer-events:none}
.tip{position:absolute;left:0;top:0;z-index:5;pointer-events:none;width:max-content;max-width:250px;padding:6px 10px;border-radius:7px;background:var(--ink);color:var(--paper);font:12px/1.45 var(--sans);box-shadow:0 2px 10px #0003}
.tip b{font:600 13px/1.4 var(--mono);display:block;overflow-wrap:anywhere}
.tip span{display:block;font-variant-numeric:tabular-nums}
.legend{display:flex;flex-wrap:wrap;gap:4px 10px;align-items:flex-start;color:var(--faint);font:11px/14px var(--sans);margin-top:8px}
.ramp{position:relative;width:192px;height:28px}
.ramp canvas{left:0;top:2px;outline:1px solid var(--grid)}
.ramp span{position:absolute;top:14px;transform:translateX(-50%);font-variant-numeric:tabular-nums}
.ramp span:nth-of-type(1){transform:none}
.ramp span:nth-of-type(5){transform:translateX(-100%)}
.status{margin:4px 0 0;min-height:2.9em;color:var(--faint);overflow-wrap:anywhere}
.status.on{color:var(--ink)}
.empty{margin:0;padding:28px 12px;text-align:center;color:var(--faint);border:1px dashed var(--axis);border-radius:8px}
table{border-collapse:separate;border-spacing:0;font:12px/1.3 var(--mono);font-variant-numeric:tabular-nums}
caption{text-align:left;font:13px/1.45 var(--sans);color:var(--faint);padding:0 0 6px}
th,td{padding:3px 8px;text-align:right;border-bottom:1px solid var(--grid);white-space:pre}
thead th{position:sticky;top:0;background:var(--paper);border-bottom-color:var(--axis);font-weight:600}
tbody th{position:sticky;left:0;background:var(--paper);font-weight:600}
.pages{display:flex;gap:8px;align-items:center;margin:8px 0;color:var(--faint)}
@media (forced-colors:active){.tip,.flag,.mark,.masks i{forced-color-adjust:none}}
@media (pointer:coarse){.fv button,.fv select{min-height:36px;min-width:36px}}
`;
