export const RIBBONS_STYLE: string = `
.tools{display:flex;flex-wrap:wrap;align-items:center;gap:6px 14px;margin:0 0 6px}
.tools label{display:flex;align-items:center;gap:8px;color:var(--faint)}
.tools input{accent-color:var(--focus);width:110px;min-height:24px;margin:0}
.tools output{min-width:9.5em;font-variant-numeric:tabular-nums}
.heads{display:flex;flex-wrap:wrap;gap:4px}
.fv .heads button{display:inline-flex;align-items:center;gap:6px;min-height:26px}
.fv .heads button[aria-pressed]{background:var(--paper);color:var(--ink);border-color:var(--axis)}
.fv .heads button[aria-pressed=false]{color:var(--faint);border-style:dashed}
.heads i{width:18px;height:10px;border-radius:2px;forced-color-adjust:none}
.heads button[aria-pressed=false] i{opacity:.25}
.scroll{overflow-x:auto;padding:3px}
.stage{position:relative;margin:0 auto}
.tokens{display:grid}
.fv .token{position:relative;border:0;border-radius:4px;background:none;padding:0;min-width:0;min-height:26px;font:13px/1.3 var(--mono);overflow:hidden;text-overflow:ellipsis;white-space:nowrap;text-align:center}
.fv .token bdi{pointer-events:none}
.fv .token:focus-visible{outline-offset:-2px;z-index:1}
.fv .token.lit{background:var(--soft);font-weight:700;overflow:visible}
.fv .token.dim{color:var(--faint)}
.fv .token[aria-pressed=true]{background:var(--ink);color:var(--paper)}
canvas{display:block;width:100%;touch-action:pan-x pan-y}
.axis{color:var(--faint);font-size:11px;line-height:1.3}
.status{margin:6px 0 0;min-height:3em;color:var(--faint);overflow-wrap:anywhere}
.status.on{color:var(--ink)}
.count{color:var(--faint);font-variant-numeric:tabular-nums}
details{margin-top:4px}
summary{color:var(--faint);cursor:pointer;padding:4px 0}
.rows{max-height:300px;overflow:auto}
table{border-collapse:collapse;font:12px/1.4 var(--mono)}
th,td{text-align:left;padding:2px 14px 2px 0;border-bottom:1px solid var(--grid)}
th{font-weight:500;color:var(--faint)}
.empty{color:var(--faint);margin:8px 0}
@media (forced-colors:active){.fv .token.lit{outline:1px solid Highlight}.fv .token[aria-pressed=true]{forced-color-adjust:none;background:Highlight;color:HighlightText}}
`;
