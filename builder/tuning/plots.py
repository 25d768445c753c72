"""Curves of a training as an SVG file, drawn without a library."""

import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 16, 34, 34
_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
"""Colours that people with any colour vision tell apart (Okabe and Ito 2008)."""
_TICKS = 4


@dataclass(frozen=True)
class Chart:
    """Named curves over steps."""

    title: str
    curves: Mapping[str, Points]


def draw(charts: Sequence[Chart]) -> str:
    """The charts one below the other, as the text of an SVG file."""
    height = _HEIGHT * len(charts)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
    ]
    for index, chart in enumerate(charts):
        inner = "".join(_draw_chart(chart))
        parts.append(f'<g transform="translate(0 {index * _HEIGHT})">{inner}</g>')
    return "\n".join([*parts, "</svg>\n"])


def _draw_chart(chart: Chart) -> Iterator[str]:
    points = [point for curve in chart.curves.values() for point in curve]
    low, high = _range([y for _, y in points])
    last = max(x for x, _ in points)
    yield f'<text x="{_LEFT}" y="18" font-weight="bold">{html.escape(chart.title)}</text>'
    for i in range(_TICKS + 1):
        value = low + (high - low) * i / _TICKS
        y = _place_y(value, low, high)
        yield f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:.3g}</text>'
        step = last * i / _TICKS
        x = _place_x(step, last)
        label = f"{step:,.0f}" + (" steps" if i == _TICKS else "")
        anchor = "end" if i == _TICKS else "middle"
        yield f'<text x="{x:.1f}" y="{_HEIGHT - 12}" text-anchor="{anchor}">{label}</text>'
    for index, (name, curve) in enumerate(chart.curves.items()):
        colour = _COLOURS[index % len(_COLOURS)]
        path = " ".join(f"{_place_x(x, last):.1f},{_place_y(y, low, high):.1f}" for x, y in curve)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        where = _WIDTH - _RIGHT - 150 * (len(chart.curves) - 1 - index)
        label = f'text-anchor="end" fill="{colour}">{html.escape(name)}'
        yield f'<text x="{where}" y="18" {label}</text>'


def _range(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _place_x(step: float, last: float) -> float:
    return _LEFT + (_WIDTH - _LEFT - _RIGHT) * step / last


def _place_y(value: float, low: float, high: float) -> float:
    return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (value - low) / (high - low)
