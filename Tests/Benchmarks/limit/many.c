// One thread and many sessions, over epoll: what memory they take, and how it answers them.
//
// Commands on standard input: `fan` sends a message to every session and says how long the last
// receipt took. The end of the input ends the program.
#include "limit.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

static int sessions, awaited;
static SSL **all;
static double fan_start;

static void watch(int epoll, int descriptor, void *pointer) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = pointer};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event)) die("epoll takes no more");
}

static void admit(int epoll, int listener, SSL_CTX *context) {
    int socket = accept_from(listener);
    SSL *ssl = open_session(context, socket, 1);
    fcntl(socket, F_SETFL, O_NONBLOCK);
    all = realloc(all, (size_t)(sessions + 1) * sizeof *all);
    all[sessions++] = ssl;
    watch(epoll, socket, ssl);
}

static void part(SSL *ssl) {
    for (int index = 0; index < sessions; index++)
        if (all[index] == ssl) all[index] = all[--sessions];
    close_session(ssl);
}

static void took_receipt(void) {
    if (awaited == 0 || --awaited > 0) return;
    printf("{\"seconds\":%.6f}\n", seconds_now() - fan_start);
    fflush(stdout);
}

// Each read brings whole lines, because each write of the other side has some.
static void answer(SSL *ssl) {
    char bytes[16 * 1024];
    size_t length;
    ERR_clear_error();
    while (SSL_read_ex(ssl, bytes, sizeof bytes, &length) == 1) {
        char *line = bytes, *end;
        while ((end = memchr(line, '\n', (size_t)(bytes + length - line)))) {
            if (!strncmp(line, message_line, 17)) write_all(ssl, receipt_line, strlen(receipt_line));
            else took_receipt();
            line = end + 1;
        }
        ERR_clear_error();
    }
    if (SSL_get_error(ssl, 0) != SSL_ERROR_WANT_READ) part(ssl);
}

static int command(void) {
    char line[64];
    ssize_t length = read(STDIN_FILENO, line, sizeof line);
    if (length <= 0) return 0;
    fan_start = seconds_now();
    awaited = sessions;
    for (int index = 0; index < sessions; index++)
        write_all(all[index], message_line, strlen(message_line));
    return 1;
}

void listen_many(const struct options *options, SSL_CTX *context) {
    (void)options;
    int port, listener = listen_on_loopback(&port), epoll = epoll_create1(EPOLL_CLOEXEC);
    static char listening, input;
    watch(epoll, listener, &listening);
    watch(epoll, STDIN_FILENO, &input);
    struct epoll_event events[64];
    while (1) {
        int count = epoll_wait(epoll, events, 64, -1);
        for (int index = 0; index < count; index++) {
            void *source = events[index].data.ptr;
            if (source == &listening) admit(epoll, listener, context);
            else if (source != &input) answer(source);
            else if (!command()) {
                printf("{\"cpu_s\":%.6f}\n", processor_seconds());
                return;
            }
        }
    }
}
