#if Desktop
import CGtk

/// The program's sign, drawn: two bubbles that meet, one of them a key's.
final class LogoView: Widget {
    init(size side: Int32) {
        super.init(gtk_drawing_area_new())
        size(side, side).align(GTK_ALIGN_CENTER, GTK_ALIGN_CENTER)
        gtk_drawing_area_set_draw_func(
            cast(), { _, context, width, height, _ in LogoView.draw(context, width, height) }, nil,
            nil)
    }

    /// In a square of 128, as in the icon's file.
    private static nonisolated func draw(_ context: OpaquePointer?, _ width: Int32, _ height: Int32)
    {
        guard let context else { return }
        let scale = Double(min(width, height)) / 128
        cairo_scale(context, scale, scale)
        bubble(context, x: 10, y: 14, tail: (26, 40))
        cairo_set_source_rgb(context, 0.184, 0.384, 0.851)
        cairo_fill(context)
        bubble(context, x: 40, y: 46, tail: (102, 88))
        // A gap around the one in front, whatever lies behind.
        cairo_set_operator(context, CAIRO_OPERATOR_CLEAR)
        cairo_set_line_width(context, 9)
        cairo_stroke_preserve(context)
        cairo_set_operator(context, CAIRO_OPERATOR_OVER)
        cairo_set_source_rgb(context, 0.082, 0.600, 0.502)
        cairo_fill(context)
        cairo_set_source_rgb(context, 1, 1, 1)
        cairo_arc(context, 79, 70, 9, 0, 2 * Double.pi)
        cairo_fill(context)
        cairo_move_to(context, 75, 74)
        cairo_line_to(context, 83, 74)
        cairo_line_to(context, 87, 92)
        cairo_line_to(context, 71, 92)
        cairo_close_path(context)
        cairo_fill(context)
    }

    /// - Parameter tail: where the tail goes down, and where it comes back to the bubble.
    private static nonisolated func bubble(
        _ context: OpaquePointer, x: Double, y: Double, tail: (tip: Double, foot: Double)
    ) {
        let (width, height, radius) = (78.0, 58.0, 17.0)
        let quarter = Double.pi / 2
        let points = [
            (tail.tip, y + height), (tail.tip, y + height + 14), (tail.foot, y + height),
        ]
        cairo_new_path(context)
        cairo_arc(context, x + width - radius, y + radius, radius, -quarter, 0)
        cairo_arc(context, x + width - radius, y + height - radius, radius, 0, quarter)
        // From right to left: a tail on the right goes down on its outer side first.
        for point in tail.tip > tail.foot ? points : points.reversed() {
            cairo_line_to(context, point.0, point.1)
        }
        cairo_arc(context, x + radius, y + height - radius, radius, quarter, 2 * quarter)
        cairo_arc(context, x + radius, y + radius, radius, 2 * quarter, 3 * quarter)
        cairo_close_path(context)
    }
}
#endif
