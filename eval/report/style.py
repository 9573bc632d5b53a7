"""How the page looks, on light and dark screens."""

STYLE = """<style>
:root { color-scheme: light dark; --ink: light-dark(#1c2330, #e6e9ef); --dim: light-dark(#5d6675, #9aa3b2);
  --line: light-dark(#d9dde4, #363d4a); --paper: light-dark(#ffffff, #14181f); --win: light-dark(#2a7f62, #4fb08f);
  --tie: light-dark(#c3c9d3, #4a5363); --loss: light-dark(#b5483a, #e07a6b); --dot: light-dark(#2f5fb3, #7ea6ee); }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1100px; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.3rem; margin: 2.6rem 0 .6rem; }
h3 { font-size: 1.08rem; margin: 2rem 0 .6rem; }
p { max-width: 75ch; margin: .4rem 0; } .note, small { color: var(--dim); } .note { font-size: .87rem; }
.guards { border-left: 3px solid var(--win); padding-left: .8rem; }
.void { border-left: 3px solid var(--loss); padding-left: .8rem; color: var(--loss); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } th { font-size: .82rem; color: var(--dim); font-weight: 600; }
td small { font-size: .75rem; } table.series td { padding: .15rem .4rem; font-size: .82rem; }
table.series th { font-size: .72rem; padding: .15rem .4rem; }
.cell { display: block; padding: 0 .3rem; border-radius: 3px;
  background: color-mix(in srgb, var(--win) calc(var(--v) * 55%), transparent); }
pre { white-space: pre-wrap;
  background: color-mix(in srgb, var(--tie) 30%, transparent); padding: .7rem; border-radius: 6px; }
svg { max-width: 100%; height: auto; } svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .dim { fill: var(--dim); } svg .grid { stroke: var(--line); }
svg .win { fill: var(--win); } svg .tie { fill: var(--tie); }
svg .loss { fill: var(--loss); }
svg .dot { fill: var(--dot); } svg .on { fill: #fff; } svg .onlight { fill: var(--ink); }
</style>"""
