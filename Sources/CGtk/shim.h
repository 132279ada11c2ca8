#ifndef P2PCHAT_CGTK_SHIM_H
#define P2PCHAT_CGTK_SHIM_H

#include <gtk/gtk.h>
#include <glib-unix.h>

/* What Swift can't import: macros and variadic functions, a line each. */

static inline GObject *CGtk_new_object(void) { return g_object_new(G_TYPE_OBJECT, NULL); }
static inline GType CGtk_type_object(void) { return G_TYPE_OBJECT; }
static inline GType CGtk_type_string(void) { return G_TYPE_STRING; }
static inline GType CGtk_type_file_list(void) { return GDK_TYPE_FILE_LIST; }
static inline GError *CGtk_error(const char *text) {
    return g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, text);
}

static inline void CGtk_set_boolean(gpointer object, const char *name, gboolean value) {
    g_object_set(object, name, value, NULL);
}
static inline void CGtk_set_integer(gpointer object, const char *name, int value) {
    g_object_set(object, name, value, NULL);
}
static inline void CGtk_set_string(gpointer object, const char *name, const char *value) {
    g_object_set(object, name, value, NULL);
}
static inline gboolean CGtk_boolean(gpointer object, const char *name) {
    gboolean value = FALSE;
    g_object_get(object, name, &value, NULL);
    return value;
}

static inline char *CGtk_string(gpointer object, const char *name) {
    char *value = NULL;
    g_object_get(object, name, &value, NULL);
    return value;
}

static inline GVariant *CGtk_two_strings(const char *one, const char *other) {
    return g_variant_new("(ss)", one, other);
}
/* What the settings portal answers: a number in variants in a tuple; 0 where it is none. */
static inline guint32 CGtk_nested_uint32(GVariant *answer) {
    GVariant *value = g_variant_ref(answer);
    while (g_variant_is_container(value) && g_variant_n_children(value) > 0) {
        GVariant *inner = g_variant_get_child_value(value, 0);
        g_variant_unref(value);
        value = inner;
    }
    guint32 number = g_variant_is_of_type(value, G_VARIANT_TYPE_UINT32)
        ? g_variant_get_uint32(value) : 0;
    g_variant_unref(value);
    return number;
}

static inline void CGtk_accessible_label(gpointer widget, const char *text) {
    gtk_accessible_update_property(widget, GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}
/* A button whose words say it all: without its own label, which has the mnemonic's underscore. */
static inline void CGtk_accessible_by_content(gpointer widget) {
    gtk_accessible_reset_property(widget, GTK_ACCESSIBLE_PROPERTY_LABEL);
}
static inline void CGtk_accessible_description(gpointer widget, const char *text) {
    gtk_accessible_update_property(widget, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

#endif
