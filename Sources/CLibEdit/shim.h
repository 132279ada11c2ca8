// libedit's own interface (BSD licence). Its readline-compatible one is not used: in 3.1-20221030
// it keeps a pointer into a buffer that libedit moves when a line with many multi-byte characters
// grows, and writes through it.
#ifndef P2PCHAT_CLIBEDIT_SHIM_H
#define P2PCHAT_CLIBEDIT_SHIM_H

#include <stdio.h>
#include <histedit.h>

// The standard streams are variables in C, which Swift does not take for safe.
static inline EditLine *CLibEdit_init(const char *program) {
    return el_init(program, stdin, stdout, stderr);
}

// Swift imports no variadic functions: one line for each use of them.

static inline int CLibEdit_setReader(EditLine *el, el_rfunc_t reader) {
    return el_wset(el, EL_GETCFN, reader);
}

static inline int CLibEdit_setPrompt(EditLine *el, wchar_t *(*prompt)(EditLine *), wchar_t escape) {
    return el_wset(el, EL_PROMPT_ESC, prompt, escape);
}

static inline int CLibEdit_setClientData(EditLine *el, void *data) {
    return el_wset(el, EL_CLIENTDATA, data);
}

static inline void *CLibEdit_clientData(EditLine *el) {
    void *data = NULL;
    return el_wget(el, EL_CLIENTDATA, &data) == 0 ? data : NULL;
}

static inline int CLibEdit_setEditor(EditLine *el, const wchar_t *name) {
    return el_wset(el, EL_EDITOR, name);
}

static inline int CLibEdit_setSignals(EditLine *el, int handled) {
    return el_wset(el, EL_SIGNAL, handled);
}

static inline int CLibEdit_setUnbuffered(EditLine *el, int unbuffered) {
    return el_wset(el, EL_UNBUFFERED, unbuffered);
}

static inline int CLibEdit_setHistory(EditLine *el, HistoryW *history) {
    return el_wset(el, EL_HIST, history_w, history);
}

static inline int CLibEdit_bind(EditLine *el, const wchar_t *key, const wchar_t *command) {
    return el_wset(el, EL_BIND, key, command, NULL);
}

static inline int CLibEdit_setTerminalFlag(
    EditLine *el, const wchar_t *mode, const wchar_t *flag
) {
    return el_wset(el, EL_SETTY, mode, flag, NULL);
}

static inline int CLibEdit_setEditMode(EditLine *el, int enabled) {
    return el_wset(el, EL_EDITMODE, enabled);
}

static inline int CLibEdit_refresh(EditLine *el) {
    return el_wset(el, EL_REFRESH);
}

static inline int CLibEdit_historySetSize(HistoryW *history, int size) {
    HistEventW event;
    return history_w(history, &event, H_SETSIZE, size);
}

static inline int CLibEdit_historySetUnique(HistoryW *history, int unique) {
    HistEventW event;
    return history_w(history, &event, H_SETUNIQUE, unique);
}

static inline int CLibEdit_historyEnter(HistoryW *history, const wchar_t *line) {
    HistEventW event;
    return history_w(history, &event, H_ENTER, line);
}

// Declared by <wchar.h> only for X/Open programs.
extern int wcwidth(wchar_t character);

static inline int CLibEdit_width(wchar_t character) {
    return wcwidth(character);
}

#endif
