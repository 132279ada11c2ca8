"""JSON objects in a stream of bytes, whether or not line feeds stand between them."""

import json

_DECODER = json.JSONDecoder()


def take_object(data):
    """The first JSON object in `data` and what follows it; (None, data) where it is incomplete."""
    try:
        text = data.decode("utf-8", "surrogateescape")
        value, end = _DECODER.raw_decode(text)
    except ValueError:
        return None, data
    return value, text[end:].lstrip("\r\n").encode("utf-8", "surrogateescape")


def split_output(data):
    """Splits what a program prints into lines of talk and objects.

    Returns a list whose members are dictionaries or text, and the rest that is incomplete.
    """
    found = []
    while data:
        if data.startswith(b"{"):
            value, rest = take_object(data)
            if isinstance(value, dict):
                found.append(value)
                data = rest
                continue
        line, newline, rest = data.partition(b"\n")
        if not newline:
            break
        found.append(line.decode("utf-8", "replace"))
        data = rest
    return found, data
