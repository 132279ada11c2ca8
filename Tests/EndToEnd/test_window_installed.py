"""What Scripts/install-desktop puts down, and takes away."""

import os
import subprocess

import pytest

from harness.programs import REPOSITORY, program, tool

SCRIPT = REPOSITORY / "Scripts" / "install-desktop"
ID = "org.p2pchat.Desktop"


def install(*arguments, home):
    return subprocess.run(
        ["bash", str(SCRIPT), *map(str, arguments)], capture_output=True, text=True,
        stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "HOME": str(home)})


def check(*command):
    result = subprocess.run(list(map(str, command)), capture_output=True, text=True)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.slow
def test_it_installs_what_starts_from_there_and_takes_it_away_again(desktop, window, user, folder):
    # A blank, as in some people's folders.
    home = folder / "a home"
    prefix = home / ".local"
    built = os.path.dirname(program("p2pchat-gtk"))
    done = install("--from", built, home=home)
    assert done.returncode == 0, done.stderr
    entry = prefix / "share" / "applications" / f"{ID}.desktop"
    check(tool("desktop-file-validate"), entry)
    check(tool("appstreamcli"), "validate", "--no-net",
          prefix / "share" / "metainfo" / f"{ID}.metainfo.xml")
    assert (prefix / "share/icons/hicolor/scalable/apps" / f"{ID}.svg").is_file()
    started = next(line for line in entry.read_text().splitlines() if line.startswith("Exec="))
    assert started == f'Exec="{prefix}/bin/p2pchat-gtk"'
    # The terminal's program finds the window beside itself.
    shown = window(user("alice"), "--gui", command=[prefix / "bin" / "p2pchat"])
    shown.wait_for("Pick a conversation")
    assert shown.end() == 0

    kept = prefix / "share" / "p2pchat" / "alice"
    kept.mkdir(parents=True)
    assert install("--remove", home=home).returncode == 0
    assert [path for path in prefix.rglob("*") if not path.is_dir()] == []
    assert kept.is_dir()


def test_bad_arguments_are_answered_with_a_sentence(folder):
    for arguments in (["relative"], ["--from", folder], ["--nonsense"], [f'{folder}/a"b']):
        result = install(*arguments, home=folder)
        assert result.returncode == 1
        assert result.stderr.startswith("install-desktop: ") and result.stderr.count("\n") == 1
    assert not any(folder.iterdir())
