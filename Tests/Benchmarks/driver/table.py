"""Figures, and how they are shown."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Line:
    """One measure. `ours`, `limit` and the peers are functions that each return one figure."""

    name: str
    unit: str
    # What ours may be, as a multiple of the limit: at most where less is better, else at least.
    goal: float | None = None
    more_is_better: bool = False
    # A bound on our figure itself, where there is no limit to hold it against.
    bound: float | None = None
    rounds: int = 5
    ours: object = None
    limit: object = None
    peers: dict = field(default_factory=dict)
    note: str = ""


def spread(figures):
    """How far apart the figures of several runs are, as a part of their median."""
    if len(figures) < 2:
        return 0.0
    return (max(figures) - min(figures)) / statistics.median(figures)


def summary(figures):
    return {"median": statistics.median(figures), "spread": round(spread(figures), 3),
            "runs": figures}


def result(line, figures):
    """What is known of a line once it has been run: figures by who made them."""
    known = {"name": line.name, "unit": line.unit, "note": line.note,
             "ours": summary(figures["ours"]), "goal": None, "met": None,
             "limit": None, "ratio": None, "peers": {}}
    if figures.get("limit"):
        known["limit"] = summary(figures["limit"])
        # Of runs that stood next to each other, so that a slow minute spoils both.
        ratio = statistics.median(
            ours / limit for ours, limit in zip(figures["ours"], figures["limit"]))
        known["ratio"] = round(ratio, 3)
        if line.goal is not None:
            known["goal"] = f"{'≥' if line.more_is_better else '≤'} {line.goal:g} × the limit"
            known["met"] = ratio >= line.goal if line.more_is_better else ratio <= line.goal
    if line.bound is not None:
        median = known["ours"]["median"]
        known["goal"] = f"{'≥' if line.more_is_better else '≤'} {line.bound:g} {line.unit}"
        known["met"] = median >= line.bound if line.more_is_better else median <= line.bound
    for name, peer in figures.items():
        if name not in ("ours", "limit"):
            known["peers"][name] = summary(peer)
    return known


def shown(number):
    if number is None:
        return ""
    if abs(number) >= 10_000:
        return f"{number:,.0f}"
    return f"{number:.3g}" if abs(number) < 100 else f"{number:,.0f}"


def markdown(results, missing):
    """The table, as text that is read as it is and as Markdown."""
    rows = [("measure", "unit", "p2pchat", "±", "limit", "±", "ratio", "goal", "met")]
    for line in results:
        limit = line["limit"] or {}
        rows.append((
            line["name"], line["unit"], shown(line["ours"]["median"]),
            f"{line['ours']['spread']:.0%}", shown(limit.get("median")),
            f"{limit['spread']:.0%}" if limit else "",
            shown(line["ratio"]), line["goal"] or "",
            {True: "yes", False: "no", None: ""}[line["met"]]))
        for name, peer in line["peers"].items():
            rows.append((f"– {name}", line["unit"], shown(peer["median"]),
                         f"{peer['spread']:.0%}", "", "", "", "", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    def text(row):
        return "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
    lines = [text(rows[0]), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    lines += [text(row) for row in rows[1:]]
    lines += [f"\n{sentence}" for sentence in missing]
    return "\n".join(lines)
