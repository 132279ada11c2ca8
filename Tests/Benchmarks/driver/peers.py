"""Other programs that do a part of the same: for comparison, never for the goal."""


def add(lines, programs, scale):
    """Gives lines their peers. Returns a sentence for each that is not installed."""
    return []
