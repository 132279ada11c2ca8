"""A window to drag a file out of: `drag_source.py FILE`. Runs as a program of its own."""

import sys

import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402


def main(path):
    Gtk.init()
    window = Gtk.Window(title="file", default_width=160, default_height=90, decorated=False)
    label = Gtk.Label(label="file", hexpand=True, vexpand=True)
    source = Gtk.DragSource()
    source.connect("prepare", lambda *_: Gdk.ContentProvider.new_for_value(
        Gdk.FileList.new_from_list([Gio.File.new_for_path(path)])))
    label.add_controller(source)
    window.set_child(label)
    window.present()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(sys.argv[1])
