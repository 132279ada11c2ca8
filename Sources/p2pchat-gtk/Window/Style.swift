#if Desktop
import CGtk

/// How the window looks: one style sheet over a palette for light and one for dark. In high contrast
/// the theme's own colours stay, with lines around what else only a shade would set apart.
@GtkThread
enum Style {
    private static var palette: OpaquePointer?

    static func install() {
        guard let display = gdk_display_get_default() else { return }
        guard let sheet = gtk_css_provider_new() else { return }
        load(rules, into: sheet)
        gtk_style_context_add_provider_for_display(
            display, OpaquePointer(UnsafeMutableRawPointer(sheet)),
            guint(GTK_STYLE_PROVIDER_PRIORITY_APPLICATION))
    }

    static func apply(dark: Bool, highContrast: Bool) {
        guard let display = gdk_display_get_default() else { return }
        if let palette { gtk_style_context_remove_provider_for_display(display, palette) }
        guard let provider = gtk_css_provider_new() else { return }
        load(highContrast ? contrast : dark ? Self.dark : light, into: provider)
        let colours = OpaquePointer(UnsafeMutableRawPointer(provider))
        gtk_style_context_add_provider_for_display(
            display, colours, guint(GTK_STYLE_PROVIDER_PRIORITY_APPLICATION))
        palette = colours
    }

    private static func load(_ text: String, into provider: UnsafeMutablePointer<GtkCssProvider>?) {
        gtk_css_provider_load_from_data(provider, text, -1)
    }

    private static let light = """
        @define-color p_window #fbfbfc; @define-color p_side #f0f1f4; @define-color p_text #1c1f26;
        @define-color p_card #ffffff; @define-color p_line alpha(#1c1f26, 0.10);
        @define-color p_accent #2f62d9; @define-color p_accent_text #ffffff;
        @define-color p_link #2453bd; @define-color p_ours #dce7ff; @define-color p_theirs #eeeff3;
        @define-color p_good #1c7a43; @define-color p_away #9a6700; @define-color p_bad #b3261e;
        @define-color p_bad_ground #fdeceb; @define-color p_warn_ground #ffd766;
        @define-color p_warn_text #2b2100;
        """

    private static let dark = """
        @define-color p_window #1d1f25; @define-color p_side #17191e; @define-color p_text #eceef2;
        @define-color p_card #262931; @define-color p_line alpha(#ffffff, 0.10);
        @define-color p_accent #4a7bf0; @define-color p_accent_text #ffffff;
        @define-color p_link #a3c0ff; @define-color p_ours #2b4479; @define-color p_theirs #2b2e37;
        @define-color p_good #6bd093; @define-color p_away #e5b652; @define-color p_bad #ff8a80;
        @define-color p_bad_ground #43221f; @define-color p_warn_ground #e2b23c;
        @define-color p_warn_text #211900;
        """

    private static let contrast = """
        @define-color p_window @theme_bg_color; @define-color p_side @theme_bg_color;
        @define-color p_text @theme_fg_color; @define-color p_card @theme_base_color;
        @define-color p_line @theme_fg_color; @define-color p_accent @theme_selected_bg_color;
        @define-color p_accent_text @theme_selected_fg_color; @define-color p_link @theme_fg_color;
        @define-color p_ours @theme_base_color; @define-color p_theirs @theme_base_color;
        @define-color p_good @theme_fg_color; @define-color p_away @theme_fg_color;
        @define-color p_bad @theme_fg_color; @define-color p_bad_ground @theme_base_color;
        @define-color p_warn_ground @theme_selected_bg_color;
        @define-color p_warn_text @theme_selected_fg_color;
        .bubble, .badge, .banner, .card, entry, button { border: 1px solid @p_line; }
        .quiet { opacity: 1; }
        """
}
#endif
