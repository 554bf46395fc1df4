import { PANEL_STYLE } from "./compare-panel.ts";

export const COMPARE_STYLE: string = `${PANEL_STYLE}
.scroll{overflow-x:auto;padding:3px}
.panels{display:flex;gap:14px 18px;width:max-content}
.panels.stacked{flex-direction:column}
.fv .panels:focus-visible{outline-offset:1px}
.legends{display:flex;flex-wrap:wrap;gap:4px 24px;margin:8px 0 0;color:var(--faint);font-size:12px}
.legend{display:flex;align-items:center;gap:6px;font-variant-numeric:tabular-nums}
.legend i{width:110px;height:10px;border-radius:2px;outline:1px solid var(--grid);forced-color-adjust:none}
.status{margin:6px 0 0;min-height:3em;color:var(--faint);overflow-wrap:anywhere}
.status.on{color:var(--ink)}
.name{font-weight:600;margin:10px 0 0}
.note{color:var(--faint);font-size:12px;margin:0 0 4px}
.ranks{display:grid;gap:2px;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));padding:3px;max-height:17em;overflow-y:auto}
.rank{display:grid;grid-template-columns:2.4em minmax(2em,auto) 1fr 5em;gap:8px;align-items:center;min-height:28px;padding:1px 6px;border-radius:6px;cursor:pointer;border:1px solid transparent}
.rank:hover,.rank.lit{background:var(--soft)}
.rank[aria-selected=true]{border-color:var(--ink)}
.rank .place,.rank .bits{color:var(--faint);font-variant-numeric:tabular-nums;text-align:right;white-space:nowrap}
.rank bdi{font:14px/1.3 var(--mono);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.rank .bar{height:8px;border-radius:3px;background:var(--grid);overflow:hidden}
.rank .bar i{display:block;height:100%;background:#d55e00;transform-origin:0 50%}
details{margin-top:4px}
summary{color:var(--faint);cursor:pointer;padding:4px 0}
.rows{max-height:300px;overflow:auto}
table{border-collapse:collapse;font:12px/1.4 var(--mono)}
th,td{text-align:left;padding:2px 14px 2px 0;border-bottom:1px solid var(--grid)}
th{font-weight:500;color:var(--faint)}
.empty{color:var(--faint);margin:8px 0}
@media (forced-colors:active){.rank.lit{outline:1px solid Highlight}.rank .bar{border:1px solid CanvasText;background:Canvas}.rank .bar i{forced-color-adjust:none;background:CanvasText}}
`;
