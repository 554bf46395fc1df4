/** Style of the grid of heads, above the shared style of all elements. */
export const HEAD_GRID_STYLE: string = `
.tools{display:flex;flex-wrap:wrap;gap:6px 10px;align-items:center;min-height:30px;margin-bottom:10px}
.tools label{display:inline-flex;gap:6px;align-items:center;color:var(--faint)}
.count{color:var(--faint);flex:1;white-space:nowrap}
.tools select{color:var(--ink);max-width:100%}
.heads{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(150px,44%),1fr));gap:12px}
.head{border:1px solid var(--grid);border-radius:8px;padding:6px;min-width:0;cursor:pointer;background:var(--paper)}
.head:hover{border-color:var(--axis)}
.head[aria-selected=true]{border-color:var(--ink);box-shadow:0 0 0 1px var(--ink)}
.picture{position:relative;cursor:crosshair;overflow:hidden;outline:1px solid var(--grid)}
.picture canvas{display:block;pointer-events:none}
.mark{position:absolute;left:0;top:0;pointer-events:none;background:var(--ink);opacity:.8}
.dark .mark{background:#fff}
.across{height:1px;width:100%}
.down{width:1px;height:100%}
.name{display:flex;align-items:center;gap:6px;margin-top:6px;font-weight:600;font-size:12px;min-width:0}
.name span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.swatch{flex:none;width:16px;height:0;border-top:3px solid}
.badges{display:flex;flex-wrap:wrap;gap:3px;margin-top:4px}
.badge{font-size:11px;line-height:15px;padding:0 5px;border-radius:8px;background:var(--soft);border:1px solid var(--grid);font-variant-numeric:tabular-nums;white-space:nowrap}
.facts{color:var(--faint);font-size:11px;line-height:15px;margin-top:3px;font-variant-numeric:tabular-nums}
.alone .badges{margin:0 0 10px}
.status{position:sticky;bottom:var(--fovea-bottom,0px);margin:8px 0 0;padding:4px 0;background:var(--paper);min-height:3.4em;color:var(--faint);overflow-wrap:anywhere}
.status.on{color:var(--ink)}
.legend{display:flex;flex-wrap:wrap;gap:4px 10px;color:var(--faint);font:11px/14px var(--sans);margin-top:10px}
.ramp{position:relative;width:192px;height:28px}
.ramp canvas{position:absolute;left:0;top:2px;outline:1px solid var(--grid)}
.ramp span{position:absolute;top:14px;transform:translateX(-50%);font-variant-numeric:tabular-nums}
.ramp span:nth-of-type(1){transform:none}
.ramp span:nth-of-type(5){transform:translateX(-100%)}
.empty{margin:0;padding:28px 12px;text-align:center;color:var(--faint);border:1px dashed var(--axis);border-radius:8px}
@media (forced-colors:active){.mark,.swatch{forced-color-adjust:none}.head[aria-selected=true]{border-color:Highlight;box-shadow:0 0 0 2px Highlight}}
@media (pointer:coarse){.fv button,.fv select{min-height:36px;min-width:36px}}
`;
