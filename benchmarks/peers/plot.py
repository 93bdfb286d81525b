# SPDX-License-Identifier: MIT
"""The ratios as a plot: one horizontal bar per line of the table, a logarithmic axis, the bar to be
reached as a tick."""
import math
from xml.sax.saxutils import escape

ROW = 18
LEFT = 380  # of the axis
WIDTH = 560
COLORS = {None: "#7a8b99", True: "#2e7d5b", False: "#c0562f"}


def write_plot(path, result):
    lines = result["lines"]
    low = min(0.5, *(line["ratio"] for line in lines))
    high = max(2.0, *(max(line["ratio"], line["bar"] or 0) for line in lines)) * 1.2

    def x(ratio):
        return LEFT + WIDTH * math.log(ratio / low) / math.log(high / low)

    height = 60 + ROW * len(lines) + 40
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 80}" height="{height}" '
             'font-family="sans-serif" font-size="11">',
             '<rect width="100%" height="100%" fill="white"/>',
             '<text x="10" y="20" font-size="14">peer / hybrec: how many times as long (as much) the peer '
             'takes; tick: the bar</text>',
             f'<text x="10" y="38" fill="#555">{escape(result["machine"])}, {result["threads"]} threads; '
             f'{escape(", ".join(result["versions"].values()))}</text>']
    bottom = 50 + ROW * len(lines)
    for mark in (0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128):
        if low <= mark <= high:
            parts.append(f'<line x1="{x(mark):.1f}" x2="{x(mark):.1f}" y1="48" y2="{bottom}" '
                         f'stroke="{"#333" if mark == 1 else "#ddd"}"/>'
                         f'<text x="{x(mark):.1f}" y="{bottom + 14}" text-anchor="middle">{mark:g}</text>')
    for row, line in enumerate(lines):
        y = 50 + ROW * row
        factors = f' f={line["factors"]}' if line["factors"] else ""
        label = f'{line["job"]} {line["shape"]}{factors}: {line["hybrec"]} / {line["peer"]}'
        begin, end = sorted((x(1), x(line["ratio"])))
        parts.append(f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{escape(label)}</text>'
                     f'<rect x="{begin:.1f}" y="{y + 3}" width="{end - begin:.1f}" height="{ROW - 6}" '
                     f'fill="{COLORS[line["reached"]]}"/>'
                     f'<text x="{end + 5:.1f}" y="{y + 12}">{line["ratio"]:.2f}</text>')
        if line["bar"] is not None:
            parts.append(f'<line x1="{x(line["bar"]):.1f}" x2="{x(line["bar"]):.1f}" y1="{y}" '
                         f'y2="{y + ROW}" stroke="black" stroke-width="2"/>')
    parts.append("</svg>\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(parts))
