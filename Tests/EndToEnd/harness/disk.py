"""A small disk that fills up, can be made read-only, and gets room again."""

import os
import subprocess
from pathlib import Path

import pytest


class SmallDisk:
    """A file system in memory of so many KiB, mounted at a folder. Only root may do that."""

    def __init__(self, folder, kib=4096):
        self.path = Path(folder)
        self.path.mkdir()
        self._ballast = self.path / "ballast"
        if os.geteuid() != 0:
            pytest.skip("only root can mount a small disk: run the tests as root for this one")
        mounted = _mount("-t", "tmpfs", "-o", f"size={kib}k,mode=700", "tmpfs", str(self.path))
        if mounted.returncode:
            pytest.skip(f"this machine lets nobody mount a small disk: {mounted.stderr.strip()}")

    def fill(self):
        """Leaves no room at all."""
        with open(self._ballast, "ab", buffering=0) as file:
            for size in (65536, 4096, 512, 1):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    pass

    def make_room(self):
        self._ballast.unlink()

    def make_read_only(self):
        result = _mount("-o", "remount,ro", str(self.path))
        assert result.returncode == 0, result.stderr

    def dispose(self):
        subprocess.run(["umount", "-l", str(self.path)], check=False, capture_output=True)


def _mount(*arguments):
    return subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
