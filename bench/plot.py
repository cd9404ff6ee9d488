"""Lines over time as an SVG: one small panel for each figure, all with the same minutes below."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

WIDTH, PANEL, LEFT, RIGHT, TOP = 760, 130, 70, 130, 34
COLOURS = ("#2563eb", "#dc2626", "#059669", "#d97706", "#7c3aed", "#0891b2")

type Panels = Mapping[str, Mapping[str, Sequence[float]]]


def draw(path: Path, *, title: str, minutes: Sequence[float], panels: Panels) -> None:
    """Write the file. `panels` maps each panel's heading to its lines, a value for each of `minutes`."""
    height = TOP + PANEL * len(panels) + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif"'
        f' font-size="11"><rect width="{WIDTH}" height="{height}" fill="#ffffff"/>'
        f'<text x="{LEFT}" y="20" font-size="14" fill="#111827">{escape(title)}</text>'
    ]
    for number, (heading, lines) in enumerate(panels.items()):
        parts += _panel(TOP + number * PANEL, heading, lines, minutes)
    last = max(minutes)
    for part in range(7):
        x = LEFT + (WIDTH - LEFT - RIGHT) * part / 6
        parts.append(
            f'<text x="{x:.0f}" y="{height - 12}" text-anchor="middle" fill="#4b5563">{last * part / 6:.3g} min</text>'
        )
    path.write_text("\n".join([*parts, "</svg>\n"]))


def _panel(
    top: float, heading: str, lines: Mapping[str, Sequence[float]], minutes: Sequence[float]
) -> list[str]:
    floor, ceiling = top + PANEL - 14, top + 20
    highest = max((max(values) for values in lines.values()), default=0) or 1
    right = WIDTH - RIGHT
    parts = [f'<text x="{LEFT}" y="{top + 12:.0f}" fill="#111827">{escape(heading)}</text>']
    for share in (0, 0.5, 1):
        y = floor - (floor - ceiling) * share
        parts.append(
            f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#e5e7eb"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end" fill="#4b5563">{highest * share:,.4g}</text>'
        )
    for number, (name, values) in enumerate(lines.items()):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join(
            f"{LEFT + (right - LEFT) * minute / max(minutes):.1f},{floor - (floor - ceiling) * value / highest:.1f}"
            for minute, value in zip(minutes, values, strict=True)
        )
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
            f'<text x="{right + 8}" y="{ceiling + 8 + 15 * number:.0f}" fill="{colour}">{escape(name)}</text>'
        )
    return parts
