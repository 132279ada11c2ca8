"""A stand-in of the desktop's notification service (org.freedesktop.Notifications)."""

import threading

from .waiting import Deadline

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
INTERFACE = """
<node><interface name="org.freedesktop.Notifications">
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
    <arg type="u" direction="out"/>
  </method>
  <method name="CloseNotification"><arg type="u" direction="in"/></method>
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation">
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
  </method>
</interface></node>
"""


class Notifications:
    """Takes what programs on a session bus notify of, as (title, body)."""

    def __init__(self, bus_address):
        from gi.repository import Gio, GLib
        self._glib = GLib
        self._news = threading.Condition()
        self.shown, self.closed = [], []
        self._context = GLib.MainContext()
        self._loop = GLib.MainLoop(self._context)
        self._context.push_thread_default()
        try:
            flags = Gio.DBusConnectionFlags
            self._connection = Gio.DBusConnection.new_for_address_sync(
                bus_address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None)
            interface = Gio.DBusNodeInfo.new_for_xml(INTERFACE).interfaces[0]
            self._connection.register_object(PATH, interface, self._called, None, None)
            # 4: only if nobody has the name.
            status, = self._connection.call_sync(
                "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                "RequestName", GLib.Variant("(su)", (NAME, 4)), None, Gio.DBusCallFlags.NONE,
                20_000, None).unpack()
            assert status == 1, "somebody else shows notifications on this bus"
        finally:
            self._context.pop_thread_default()
        self._thread = threading.Thread(target=self._loop.run, daemon=True)
        self._thread.start()

    def _called(self, _connection, _sender, _path, _interface, method, parameters, invocation):
        answer = None
        with self._news:
            if method == "Notify":
                words = parameters.unpack()
                self.shown.append((words[3], words[4]))
                answer = self._glib.Variant("(u)", (len(self.shown),))
            elif method == "CloseNotification":
                self.closed += parameters.unpack()
            elif method == "GetCapabilities":
                answer = self._glib.Variant("(as)", (["body", "actions"],))
            else:
                answer = self._glib.Variant("(ssss)", ("stand-in", "p2pchat", "1", "1.2"))
            self._news.notify_all()
        invocation.return_value(answer)

    def wait_for(self, condition, what, timeout=None):
        """Until the condition, which is given this, is true."""
        deadline = Deadline(timeout)
        with self._news:
            while not condition(self):
                assert deadline.left > 0, (
                    f"never saw {what}; shown: {self.shown}, closed: {self.closed}")
                self._news.wait(deadline.left)

    def close(self):
        self._loop.quit()
        self._thread.join(10)
        self._connection.close_sync(None)
