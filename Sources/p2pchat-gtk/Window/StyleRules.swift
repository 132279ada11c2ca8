#if Desktop
extension Style {
    /// What holds whatever the colours are. Sizes are in em where text is near, so that they grow
    /// with it.
    static let rules = """
        window { background: @p_window; color: @p_text; }
        window.solid-csd { padding: 0; border: 1px solid @p_line; box-shadow: none; }
        .side, .side headerbar { background: @p_side; }
        .side { border-right: 1px solid @p_line; }
        headerbar { background: @p_window; box-shadow: none; border: none; min-height: 46px;
            padding: 0 6px; color: @p_text; }
        headerbar:backdrop { background: @p_window; } .side headerbar:backdrop {
            background: @p_side; }
        dialog headerbar, .sheet headerbar { background: @p_window; }
        .lined { border-bottom: 1px solid @p_line; }
        paned > separator { min-width: 1px; background: transparent; border: none; }
        label.title-1 { font-size: 1.75em; font-weight: 700; }
        label.title-2 { font-size: 1.28em; font-weight: 700; }
        label.heading { font-weight: 650; font-size: 1em; }
        label.quiet { opacity: 0.68; } label.small { font-size: 0.86em; }
        label.code, .code { font-family: monospace; font-size: 0.95em; }
        label.digits { font-family: monospace; font-size: 1.3em; letter-spacing: 1px; }
        label.bad { color: @p_bad; } label.good { color: @p_good; }
        image { color: inherit; }

        button { background: alpha(@p_text, 0.08); background-image: none; border: none;
            box-shadow: none; text-shadow: none; border-radius: 9px; padding: 6px 14px;
            min-height: 22px; color: @p_text; font-weight: 550; }
        button:hover { background: alpha(@p_text, 0.13); }
        button:active, button:checked { background: alpha(@p_text, 0.18); }
        button:disabled { opacity: 0.45; }
        button.flat, headerbar button, menubutton.flat > button { background: transparent; }
        button.flat:hover, headerbar button:hover { background: alpha(@p_text, 0.09); }
        headerbar button:checked { background: alpha(@p_text, 0.14); }
        button.image-button, headerbar button.image-button { padding: 6px; min-width: 22px; }
        button.suggested-action { background: @p_accent; color: @p_accent_text; }
        button.suggested-action:hover { background: shade(@p_accent, 1.08); }
        button.destructive-action { background: @p_bad_ground; color: @p_bad; }
        button.pill { border-radius: 999px; padding: 8px 22px; }
        button.link { background: transparent; color: @p_link; padding: 2px 0; min-height: 18px; }
        button:focus-visible, entry:focus-within, row:focus-visible,
        listview > row:focus-visible { outline: 2px solid alpha(@p_accent, 0.75);
            outline-offset: -1px; }
        windowcontrols button { background: transparent; }
        entry, .field { background: alpha(@p_text, 0.06); background-image: none; border: none;
            box-shadow: none; border-radius: 9px; color: @p_text; min-height: 34px;
            padding: 0 10px; caret-color: @p_accent; }
        textview, textview text { background: transparent; color: @p_text;
            caret-color: @p_accent; }
        .field { padding: 0; }
        .field:focus-within { outline: 2px solid alpha(@p_accent, 0.75); outline-offset: -1px; }

        listview { background: transparent; color: @p_text; }
        listview.people > row { border-radius: 11px; margin: 1px 8px; padding: 0; }
        listview.people > row:hover { background: alpha(@p_text, 0.05); }
        listview.people > row:selected { background: alpha(@p_accent, 0.17); color: @p_text; }
        listview.talk > row { padding: 0; background: transparent; }
        listview.talk > row:hover { background: transparent; }
        listview.found > row { border-radius: 11px; margin: 1px 12px; }

        .avatar { border-radius: 999px; color: #ffffff; font-weight: 700; min-width: 2.73em;
            min-height: 2.73em; }
        .avatar.small { min-width: 2.58em; min-height: 2.58em; font-size: 0.9em; }
        .c0 { background: #2f62d9; } .c1 { background: #7a4fd0; } .c2 { background: #b5407f; }
        .c3 { background: #b34a35; } .c4 { background: #8a6414; } .c5 { background: #3a7a35; }
        .c6 { background: #15797a; } .c7 { background: #56637a; }
        .dot { border-radius: 999px; min-width: 10px; min-height: 10px;
            border: 2px solid @p_side; }
        .dot.online { background: @p_good; } .dot.away { background: @p_away; }
        .dot.offline { background: transparent; border-color: transparent; }
        .badge { background: @p_accent; color: @p_accent_text; border-radius: 999px;
            font-size: 0.8em; font-weight: 700; padding: 1px 7px; min-width: 8px; }

        .bubble { border-radius: 16px; padding: 7px 12px; background: @p_theirs; }
        .bubble.ours { background: @p_ours; }
        .bubble.ours.first { border-top-right-radius: 5px; }
        .bubble.theirs.first { border-top-left-radius: 5px; }
        .bubble label.stamp { font-size: 0.78em; opacity: 0.66; }
        .bubble.damaged { background: @p_bad_ground; }
        .bubble selection { background: alpha(@p_accent, 0.4); color: @p_text; }
        .day { font-size: 0.82em; font-weight: 600; opacity: 0.62; padding: 14px 0 8px; }
        .unread { color: @p_link; font-size: 0.82em; font-weight: 700; padding: 8px 0; }
        .notice { font-size: 0.86em; opacity: 0.72; padding: 8px 0; }
        .composer { background: alpha(@p_text, 0.06); border-radius: 20px; }
        .composer:focus-within { outline: 2px solid alpha(@p_accent, 0.6); outline-offset: -1px; }
        undershoot, overshoot { background: none; border: none; box-shadow: none; }
        .composer button { border-radius: 999px; min-width: 26px; min-height: 26px;
            padding: 5px; margin: 4px; }

        .banner { background: @p_warn_ground; color: @p_warn_text; padding: 9px 16px;
            font-weight: 600; }
        .banner label { color: @p_warn_text; }
        .blocked { background: @p_bad_ground; color: @p_text; border-radius: 14px;
            padding: 16px 18px; margin: 12px; }
        .card { background: alpha(@p_text, 0.045); border-radius: 14px; padding: 14px 16px; }
        .toast { background: @p_text; color: @p_window; border-radius: 12px;
            padding: 8px 8px 8px 16px; margin: 12px; }
        .toast button { color: @p_window; background: transparent; }
        .drop { border: 2px dashed @p_line; border-radius: 14px; padding: 14px; }
        .drop:drop(active), .dropping:drop(active) { border: 2px dashed @p_accent; }
        .qr { background: #ffffff; border-radius: 12px; padding: 10px; }
        .strength trough { min-height: 4px; }
        popover > contents { background: @p_card; color: @p_text; border-radius: 13px;
            border: 1px solid @p_line; padding: 6px; }
        popover.menu > contents { padding: 5px; }
        modelbutton { border-radius: 8px; padding: 5px 10px; }
        switch { background: alpha(@p_text, 0.18); border: none; border-radius: 999px; }
        switch:checked { background: @p_accent; }
        switch > slider { background: #ffffff; border: none; border-radius: 999px;
            min-width: 20px; min-height: 20px; margin: 2px; box-shadow: none; }
        """
}
#endif
