"""Draw a figure as SVG: bars in groups, one group for each kind of work."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

_COLOURS = ("#6b7280", "#b45309", "#0f766e", "#2563eb", "#7c3aed", "#be185d")
_BAR, _GAP, _LEFT, _WIDTH, _TOP = 14, 14, 96, 560, 56


def draw(path: Path, title: str, groups: Sequence[str], series: Mapping[str, Sequence[float | None]]) -> None:
    """Draw one bar for each group in each series; the bars of a group are to scale among themselves."""
    height = _TOP + len(groups) * (len(series) * _BAR + _GAP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + 84} {height}" role="img">',
        "<style>text { font: 11px system-ui, sans-serif } .title { font-size: 14px; font-weight: bold }</style>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
        f'<text x="8" y="18" class="title" fill="#111827">{escape(title)}</text>',
    ]
    for number, name in enumerate(series):
        x = 8 + number * 122
        lines.append(f'<rect x="{x}" y="30" width="10" height="10" fill="{_COLOURS[number]}"/>')
        lines.append(f'<text x="{x + 14}" y="39" fill="#374151">{escape(name)}</text>')
    y = _TOP
    for index, group in enumerate(groups):
        values = {name: figures[index] for name, figures in series.items()}
        lines += _group(group, values, y)
        y += len(series) * _BAR + _GAP
    path.write_text("\n".join([*lines, "</svg>", ""]), encoding="utf-8")


def _group(group: str, values: Mapping[str, float | None], y: int) -> list[str]:
    most = max(value for value in values.values() if value)
    lines = [f'<text x="8" y="{y + len(values) * _BAR / 2 + 4:.0f}" fill="#111827">{escape(group)}</text>']
    for number, value in enumerate(values.values()):
        if value:
            top, width = y + number * _BAR, value / most * _WIDTH
            lines.append(
                f'<rect x="{_LEFT}" y="{top}" width="{width:.1f}" height="{_BAR - 2}" fill="{_COLOURS[number]}"/>'
            )
            lines.append(f'<text x="{_LEFT + width + 4:.1f}" y="{top + 10}" fill="#374151">{value:,.0f}</text>')
    return lines
