"""Interleaved runs, and the three figures that are told of each quantity: minimum, median, 99th percentile."""

import statistics
import sys

from .build import Unavailable, say


def interleave(programs, rounds, measure):
    """{name: [result of each round]}: A B C A B C, so that a busy machine hurts all alike. `programs` is {name: what
    measure is called with}; one that fails is left out with its reason."""
    runs = {name: [] for name in programs}
    for number in range(rounds):
        if sys.stderr.isatty():
            print(f"\rround {number + 1} of {rounds} ", end="", file=sys.stderr)
        for name in list(runs):
            try:
                runs[name].append(measure(programs[name]))
            except Unavailable as reason:
                say(f"left out: {name}: {reason}")
                del runs[name]
    return runs


def spread(values):
    values = sorted(value for value in values if value is not None)
    if not values:
        return None
    return {"min": values[0], "median": statistics.median(values),
            "p99": values[min(len(values) - 1, int(0.99 * len(values)))]}


def summarise(runs):
    """{name: {quantity: spread over the rounds}}"""
    return {name: {key: spread([result.get(key) for result in results]) for key in results[0]}
            for name, results in runs.items() if results}


def ratio(summary, name, base, key):
    """Of medians; None where either was not measured."""
    ours, theirs = summary.get(name, {}).get(key), summary.get(base, {}).get(key)
    return ours["median"] / theirs["median"] if ours and theirs and theirs["median"] else None


def markdown(summary, columns, base):
    """A Markdown table. `columns`: (key, title, divisor). A cell is the median, and in brackets its ratio to `base`."""
    lines = ["| program | " + " | ".join(title for _, title, _ in columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, figures in summary.items():
        cells = []
        for key, _, divisor in columns:
            spread_ = figures.get(key)
            if spread_ is None:
                cells.append("—")
                continue
            times = ratio(summary, name, base, key)
            text = number(spread_["median"] / divisor)
            cells.append(text if times is None or name == base else f"{text} ({times:.2f})")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def peers(summary):
    return [name for name in summary if not name.startswith("wascc")]


def ratios(summary, ours, columns):
    """{quantity: {peer: how many times its median ours is}}"""
    return {key: {peer: ratio(summary, ours, peer, key) for peer in peers(summary)} for key, _, _ in columns}


def beside(summary, ours, columns):
    """A Markdown table of one program: its figures over the rounds, and how many times each peer's median its own is."""
    others = peers(summary)
    lines = [f"| {ours} | minimum | median | p99 | " + " | ".join(f"times {name}" for name in others) + " |",
             "|---" * (len(others) + 4) + "|"]
    for key, title, divisor in columns:
        figures = summary[ours].get(key)
        if figures is None:
            continue
        cells = [number(figures[which] / divisor) for which in ("min", "median", "p99")]
        times = [ratio(summary, ours, other, key) for other in others]
        cells += ["—" if value is None else f"{value:.2f}" for value in times]
        lines.append(f"| {title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def number(value):
    return f"{value:.0f}" if value >= 1000 else f"{value:.3g}" if value >= 100 else f"{value:.2f}"


def table(summary, columns, base):
    print(markdown(summary, columns, base), "\n", flush=True)
