"""The house rules that a compiler does not know."""

import json
import re
import subprocess

import pytest

from harness.programs import REPOSITORY

SOURCES = REPOSITORY / "Sources"
TOP_LEVEL = {"Package.swift", "Sources", "Tests", "Scripts", "README.md", "LICENSE", "SECURITY.md",
             ".ci", ".gitignore", ".swift-format"}

# From the ground floor up: a target may import those on floors below its own, and nothing beside
# it. What it may import from elsewhere stands with it.
FLOORS = [
    {"ChatValues": set()},
    {"ChatWire": {"NIOCore"}, "ChatIdentity": {"COpenSSL"}},
    {"ChatTLS": {"COpenSSL", "NIOCore", "NIOTLS"}, "ChatCore": {"Logging"}},
    # GRDB's blobs are Data.
    {"ChatTransport": {"NIOCore", "NIOPosix", "NIOSOCKS", "NIOTLS", "NIOConcurrencyHelpers",
                       "Logging"},
     "ChatDiscovery": {"COpenDHT", "CPortMapping", "NIOCore", "NIOPosix", "Logging"},
     "ChatStore": {"GRDB", "FoundationEssentials", "Foundation", "Logging"}},
    {"ChatControl": {"NIOCore", "NIOPosix", "Logging"}},
    {"ChatBackup": set()},
    {"P2PChat": {"NIOCore", "NIOPosix", "Logging"}},
    {"P2PChatTerminal": {"CLibEdit", "ArgumentParser"}, "p2pchat-keygen": {"ArgumentParser"},
     "ChatDesktopModel": set()},
    {"p2pchat-gtk": {"CGtk", "CQREncode"}},
]
# Floors are not all: the core and the store know neither OpenSSL nor TLS, and the faces go
# through the front door.
BELOW_THE_DOOR = {"ChatValues", "ChatWire", "ChatIdentity", "ChatTLS", "ChatCore", "ChatDiscovery",
                  "ChatTransport", "ChatStore", "ChatBackup", "ChatControl"}
CLOSED = {
    "ChatCore": {"ChatIdentity"},
    "ChatStore": {"ChatTLS"},
    "ChatDiscovery": {"ChatTLS"},
    "ChatBackup": {"ChatWire", "ChatTLS", "ChatTransport", "ChatDiscovery"},
    "ChatControl": {"ChatTLS", "ChatTransport", "ChatStore", "ChatDiscovery", "ChatBackup"},
    "P2PChatTerminal": BELOW_THE_DOOR,
    "ChatDesktopModel": BELOW_THE_DOOR,
    "p2pchat-gtk": BELOW_THE_DOOR,
    "p2pchat-keygen": {"ChatWire", "ChatTLS", "ChatTransport", "ChatDiscovery", "ChatControl",
                       "P2PChat"},
}
TARGETS = {target: floor for floor, targets in enumerate(FLOORS) for target in targets}
SYSTEM = {"Glibc", "Musl", "Darwin", "Synchronization", "Dispatch", "_Concurrency"}
IMPORT = re.compile(
    r"^\s*(?:@\w+\s+)*(?:(?:public|package|internal|private|fileprivate)\s+)?import\s+"
    r"(?:struct\s+|class\s+|enum\s+|func\s+|protocol\s+|typealias\s+|let\s+|var\s+)?([\w]+)", re.M)


def tracked():
    """Every file that belongs to the repository."""
    listed = subprocess.run(
        ["git", "-C", str(REPOSITORY), "ls-files", "-z", "--cached", "--others",
         "--exclude-standard"], capture_output=True, check=True).stdout.decode()
    return [REPOSITORY / name for name in listed.split("\0") if name
            and (REPOSITORY / name).is_file()]


FILES = tracked()


def test_the_top_level_holds_what_it_may():
    top = {path.relative_to(REPOSITORY).parts[0] for path in FILES}
    assert top <= TOP_LEVEL, top - TOP_LEVEL


@pytest.mark.parametrize("target", TARGETS)
def test_imports_go_down_the_floors(target):
    floor = TARGETS[target]
    allowed = SYSTEM | FLOORS[floor][target]
    allowed |= {other for other, below in TARGETS.items() if below < floor}
    allowed -= CLOSED.get(target, set())
    for file in (SOURCES / target).rglob("*.swift"):
        strange = set(IMPORT.findall(file.read_text())) - allowed
        assert not strange, f"{file.relative_to(REPOSITORY)} imports {sorted(strange)}"


def test_every_swift_target_has_its_floor():
    targets = {path.name for path in SOURCES.iterdir() if any(path.rglob("*.swift"))}
    assert targets == set(TARGETS)


def test_no_file_is_too_long_to_hold_in_the_head():
    long = {}
    for path in FILES:
        if path.suffix in (".swift", ".py", ".h") or path.parent.name == "Scripts":
            lines = path.read_text().count("\n")
            if lines > 400:
                long[str(path.relative_to(REPOSITORY))] = lines
    assert not long, long


def test_nothing_names_a_place_on_somebodys_machine():
    found = []
    places = re.compile(r"(?<![\w/.~-])/(work|root|opt/swift)/\w")
    for path in FILES:
        if path == REPOSITORY / "Tests" / "EndToEnd" / "test_house.py":
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{path.relative_to(REPOSITORY)}: {match.group()}"
                  for match in places.finditer(text)]
    assert not found, found


def test_scripts_can_be_run():
    for path in [REPOSITORY / ".ci" / "run", *(REPOSITORY / "Scripts").iterdir()]:
        if path.is_file() and not path.suffix:
            assert path.stat().st_mode & 0o111, f"{path} is not executable"
            assert path.read_text().startswith("#!"), f"{path} has no interpreter line"


def test_nothing_is_forced_on_what_comes_from_outside():
    """`try!`, `as!` and fatalError end the program for everybody."""
    found = []
    for path in SOURCES.rglob("*.swift"):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            code = line.split("//")[0]
            if re.search(r"\btry!|\bas!|\bfatalError\(", code):
                found.append(f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()}")
    assert not found, "\n".join(found)


def test_unchecked_claims_give_their_reason():
    """`@unchecked Sendable` and `nonisolated(unsafe)` have a comment next to them."""
    bare = []
    for path in SOURCES.rglob("*.swift"):
        lines = path.read_text().splitlines()
        for index, line in enumerate(lines):
            if "@unchecked Sendable" in line or "nonisolated(unsafe)" in line:
                near = lines[max(0, index - 8):index + 1] + lines[index + 1:index + 2]
                if not any("//" in other for other in near):
                    bare.append(f"{path.relative_to(REPOSITORY)}:{index + 1}")
    assert not bare, bare


def test_package_products_are_what_is_promised():
    package = (REPOSITORY / "Package.swift").read_text()
    for name in ("P2PChat", "p2pchat", "p2pchat-keygen"):
        assert f'(name: {json.dumps(name)}' in package
