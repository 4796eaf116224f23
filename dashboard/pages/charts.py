"""What the chart's part of a page needs: the figure and the choices of its form."""

from typing import Any

from dashboard.figures import RANGE_NAMES, STEP_NAMES, Figure, steps_for


def chart_values(figure: Figure, action: str, *, fixed_topic: bool = False) -> dict[str, Any]:
    """Return the values of `chart.html`; `action` is the page that draws it again with other choices."""
    return {
        "figure": figure,
        "chart_action": action,
        "chart_ranges": RANGE_NAMES,
        "chart_steps": {name: STEP_NAMES[name] for name in steps_for(figure.choice.span)},
        "chart_fixed_topic": fixed_topic,
    }
