export const STEP_SCRUBBER_STYLE: string = `
:host{container-type:inline-size}
.top{display:flex;align-items:flex-start;gap:8px}
.fv .play{flex:none;min-height:36px;min-width:44px;display:inline-flex;align-items:center;justify-content:center}
.play svg{width:14px;height:14px;fill:currentColor;display:block}
.ticks{display:flex;flex-wrap:wrap;gap:2px;flex:1;min-width:0;cursor:pointer;border-radius:6px;touch-action:pan-y;user-select:none;-webkit-user-select:none}
.tick{position:relative;min-width:28px;height:36px;padding:0 6px;display:grid;place-items:center;border-radius:6px;font:15px/1 var(--mono);border:1px solid var(--grid);color:var(--ink);background:var(--paper)}
.tick.ahead{color:var(--faint);background:none;border-style:dashed}
.tick:hover{background:var(--soft)}
.tick.now{background:var(--ink);color:var(--paper);border-color:var(--ink);font-weight:700}
.tick.pointed{outline:2px solid var(--focus)}
.tick.forced::before,.tick.rewritten::after{content:"";position:absolute;left:4px;right:4px;height:3px;border-radius:2px;background:#d55e00}
.tick.forced::before{bottom:2px}
.tick.rewritten::after{top:2px;background:#cc79a7}
.said{margin:8px 0 10px;min-height:1.45em}
.said b{font-weight:650}
.said .mine{display:inline-block;border:1px solid #d55e00;border-radius:99px;padding:0 8px;margin-inline-start:8px;font-size:12px}
.both{display:grid;gap:14px 28px;grid-template-columns:minmax(0,1fr)}
@container (min-width:640px){.both{grid-template-columns:minmax(0,1fr) minmax(220px,270px)}}
.name{margin:0 0 4px;display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:4px 8px;min-height:30px;font-weight:600}
.name span:first-child{flex:1 1 auto}
.fv .idle{visibility:hidden}
.fv .name button{font-weight:400;font-size:12px}
.text{display:flex;flex-wrap:wrap;gap:3px 0;max-height:15em;overflow-y:auto;padding:3px;touch-action:pan-y;user-select:none;-webkit-user-select:none}
.char{position:relative;min-width:20px;height:38px;padding:3px 2px 0;text-align:center;font:15px/26px var(--mono);border-radius:4px;white-space:pre;scroll-margin:8px}
.char .bar{position:absolute;left:2px;right:2px;bottom:0;height:4px;border-radius:2px;background:var(--grid);overflow:hidden}
.char .bar i{display:block;height:100%;width:100%;background:var(--faint);transform-origin:0 50%;transition:transform .12s}
.char .cell{display:block;border-radius:4px;transition:background-color .12s}
.text.editable .char{cursor:pointer}
.text.editable .char:hover .cell,.char.marked .cell{box-shadow:0 0 0 2px var(--focus)}
.char.painted .cell{box-shadow:0 0 0 2px #d55e00}
.char.masked .cell{text-decoration:line-through}
.fv .char:focus-visible{outline-offset:-1px;z-index:1}
.hint{margin:6px 0 0;color:var(--faint);font-size:12px}
.list{list-style:none;margin:0;padding:3px;display:grid;gap:3px}
.option{display:grid;grid-template-columns:minmax(34px,auto) 1fr 3.2em 4.2em;align-items:center;gap:8px;min-height:32px;padding:2px 8px;border-radius:6px;border:1px solid transparent}
.list.editable .option{cursor:pointer;border-color:var(--grid)}
.list.editable .option:hover{background:var(--soft);border-color:var(--axis)}
.option bdi{font:15px/1.3 var(--mono);overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.option .bar{height:10px;border-radius:3px;background:var(--grid);overflow:hidden}
.option .bar i{display:block;height:100%;background:var(--bar);transform-origin:0 50%;transition:transform .12s}
.option .number{text-align:right;font-variant-numeric:tabular-nums;color:var(--faint)}
.option .state{font-size:12px;color:var(--faint)}
.option .state::before{content:"";display:inline-block;width:0}
.list.editable .option:not([aria-selected=true]) .state{visibility:hidden;color:var(--focus)}
.list.editable .option:hover .state,.list.editable .option:focus-visible .state{visibility:visible!important}
.fv .option.written{border-color:var(--ink);font-weight:600}
.option.written .bar i{background:#0072b2}
.option.written .number,.option.written .state{color:var(--ink)}
.option.written .number{font-weight:400}
.other{display:flex;align-items:center;gap:8px;padding:3px;margin:3px 0 0;color:var(--faint)}
.other label{display:flex;align-items:center;gap:8px}
.fv .other input{font:15px/1.3 var(--mono);width:4em;min-height:30px;padding:2px 8px;border:1px solid var(--axis);border-radius:6px;background:var(--paper);color:var(--ink)}
.empty{color:var(--faint);margin:8px 0}
@media (pointer:coarse){.char{min-width:26px;height:42px;line-height:30px}.list.editable .option:not([aria-selected=true]) .state{visibility:visible}}
@container (max-width:480px){.said{min-height:2.9em}.name span:first-child{flex-basis:100%}}
@container (max-width:400px){.tick{min-width:24px;padding:0 3px}.fv .play{min-width:36px;padding:2px}}
@media (forced-colors:active){.tick.now{forced-color-adjust:none;background:Highlight;color:HighlightText;border-color:Highlight}.option{border-color:Canvas}.fv .option.written{border-color:Highlight;outline:1px solid Highlight}.char .cell{border:1px solid Canvas}.char .cell.strong{forced-color-adjust:none}.char.painted .cell{border:3px solid Highlight}.char .bar,.option .bar{border:1px solid CanvasText;background:Canvas}.char .bar i,.option .bar i,.option.written .bar i,.tick.forced::before,.tick.rewritten::after{forced-color-adjust:none;background:CanvasText}.tick.now::before,.tick.now::after{background:HighlightText}}
`;
