"""The accessibility tree, asked straight over D-Bus.

libatspi keeps what it has seen of programs that have gone, and crashes over it; this keeps nothing.
"""

import re
import subprocess

ROOT = "/org/a11y/atspi/accessible/root"
ACCESSIBLE = "org.a11y.atspi.Accessible"
# From at-spi2-core's AtspiStateType.
CHECKED, FOCUSABLE, FOCUSED, VISIBLE = 4, 11, 12, 30
# From its AtspiRole, those that the tests speak of. GTK's own names for them change.
ROLES = {7: "check box", 29: "label", 32: "list item", 40: "password text", 43: "push button", 61: "text",
         62: "toggle button", 79: "entry"}


class Gone(Exception):
    """The program or the part of it that was asked is no more."""


class Bus:
    """The accessibility bus of a desktop."""

    def __init__(self, environment):
        from gi.repository import Gio
        answer = subprocess.run(
            ["gdbus", "call", "--session", "--dest", "org.a11y.Bus", "--object-path",
             "/org/a11y/bus", "--method", "org.a11y.Bus.GetAddress"],
            env=environment, capture_output=True, text=True, timeout=60)
        address = re.search(r"'(.*)'", answer.stdout)
        assert address, f"there is no accessibility bus: {answer.stderr}"
        flags = Gio.DBusConnectionFlags
        self._connection = Gio.DBusConnection.new_for_address_sync(
            address.group(1),
            flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)

    def call(self, name, path, interface, method, signature=None, *arguments):
        from gi.repository import Gio, GLib
        parameters = GLib.Variant(signature, arguments) if signature else None
        try:
            return self._connection.call_sync(
                name, path, interface, method, parameters, None, Gio.DBusCallFlags.NONE, 20_000,
                None).unpack()
        except GLib.Error as error:
            raise Gone(error.message) from None

    def application(self, pid):
        """The top of a process's tree; None as long as it has none."""
        try:
            programs, = self.call("org.a11y.atspi.Registry", ROOT, ACCESSIBLE, "GetChildren")
        except Gone:
            return None
        for name, path in programs:
            try:
                owner, = self.call("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                   "org.freedesktop.DBus", "GetConnectionUnixProcessID", "(s)",
                                   name)
            except Gone:
                continue
            if owner == pid:
                return Node(self, name, path)
        return None


class Node:
    """A thing in a tree."""

    def __init__(self, bus, owner, path):
        self._bus, self._owner, self._path = bus, owner, path

    def _ask(self, method, signature=None, *arguments, interface=ACCESSIBLE):
        return self._bus.call(self._owner, self._path, interface, method, signature, *arguments)

    def _property(self, interface, name):
        value, = self._ask("Get", "(ss)", interface, name,
                           interface="org.freedesktop.DBus.Properties")
        return value

    @property
    def name(self):
        return self._property(ACCESSIBLE, "Name")

    @property
    def role(self):
        number, = self._ask("GetRole")
        return ROLES.get(number, str(number))

    @property
    def children(self):
        children, = self._ask("GetChildren")
        return [Node(self._bus, *child) for child in children]

    def has(self, state):
        words, = self._ask("GetState")
        return bool(words[state // 32] >> state % 32 & 1)

    @property
    def length(self):
        """Of a text, in characters."""
        return self._property("org.a11y.atspi.Text", "CharacterCount")

    def press(self):
        """Does the first thing that can be done with it. False where there is none."""
        try:
            if not self._property("org.a11y.atspi.Action", "NActions"):
                return False
        except Gone:
            return False
        self._ask("DoAction", "(i)", 0, interface="org.a11y.atspi.Action")
        return True
