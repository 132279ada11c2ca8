"""A desktop without a screen: Xvfb, a session bus, a window manager, accessibility.

Made once for a process of tests; each test starts windows of its own on it.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import atspi

NEEDED = ("Xvfb", "dbus-daemon", "xdotool", "openbox", "gdbus")
LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")


def missing():
    """What a window can't be tested without, and is not here."""
    lacking = [name for name in NEEDED if not shutil.which(name)]
    if not any(os.path.exists(path) for path in LAUNCHERS):
        lacking.append("at-spi2-core")
    try:
        import gi
        if "4.0" not in gi.Repository.get_default().enumerate_versions("Gtk"):
            lacking.append("gir1.2-gtk-4.0")
    except ImportError:
        lacking.append("python3-gi")
    return lacking


class Desktop:
    """Everything between a window and somebody who looks at it and types."""

    def __init__(self, size="1280x860"):
        self.folder = Path(tempfile.mkdtemp(prefix="p2pchat-desktop-"))
        self.processes = []
        try:
            self._start(size)
        except BaseException:
            self.close()
            raise

    def _start(self, size):
        reader, writer = os.pipe()
        # A key that a loaded machine is late to let go of must not repeat itself.
        self._run("Xvfb", "-r", "-ardelay", "60000", "-displayfd", str(writer), "-screen", "0", f"{size}x24", "-noreset",
                  "-nolisten", "tcp", pass_fds=[writer])
        os.close(writer)
        with os.fdopen(reader) as lines:
            number = lines.readline().strip()
        assert number, "Xvfb did not start"
        runtime = self.folder / "run"
        runtime.mkdir(mode=0o700)
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": str(self.folder),
            "DISPLAY": f":{number}", "XDG_RUNTIME_DIR": str(runtime), "LANG": "C.UTF-8",
            "TZ": "UTC", "GSK_RENDERER": "cairo", "GTK_A11Y": "atspi", "GDK_BACKEND": "x11",
            "GSETTINGS_BACKEND": "memory", "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_DATA_HOME": str(self.folder / "data"), "NO_AT_BRIDGE": "0",
        }
        for name in ("LD_LIBRARY_PATH", "SWIFT_BACKTRACE"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        bus = self._run("dbus-daemon", "--session", "--print-address", "--nofork",
                        stdout=subprocess.PIPE, text=True)
        address = bus.stdout.readline().strip()
        assert address, "dbus-daemon did not start"
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = address
        self._run("openbox", "--sm-disable")
        launcher = next(path for path in LAUNCHERS if os.path.exists(path))
        self._run(launcher, "--launch-immediately")
        self.accessibility = atspi.Bus(self.environment)

    def _run(self, *command, stdout=subprocess.DEVNULL, **options):
        process = subprocess.Popen(
            command, env=getattr(self, "environment", None), stdout=stdout,
            stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, **options)
        self.processes.append(process)
        return process

    def tool(self, *command):
        result = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        return result.stdout

    def keys(self, *names):
        """Presses keys, as xdotool calls them, in the window that has the focus."""
        self.tool("xdotool", "key", "--delay", "20", *names)

    def type(self, text):
        self.tool("xdotool", "type", "--delay", "8", text)

    def click(self, x, y):
        self.tool("xdotool", "mousemove", str(int(x)), str(int(y)), "click", "1")

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
