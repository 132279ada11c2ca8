// Many peers in one thread, each with an identity of its own. They say hello, acknowledge what
// they are sent, and, where there is a rate, chatter. One that is `deaf` sends and never reads.
#include "limit.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { ID_LENGTH = 36 };
static const char id_key[] = "\"id\":\"";

static SSL *open_as(FILE *identities, int port, int epoll) {
    EVP_PKEY *key = PEM_read_PrivateKey(identities, NULL, NULL, NULL);
    X509 *certificate = PEM_read_X509(identities, NULL, NULL, NULL);
    if (!key || !certificate) die("there are too few identities");
    SSL_CTX *context = make_context();
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
    int socket = connect_to_loopback(port);
    SSL *ssl = open_session(context, socket, 0);
    SSL_CTX_free(context);
    X509_free(certificate);
    EVP_PKEY_free(key);
    fcntl(socket, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = ssl};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &event)) die("epoll takes no more");
    return ssl;
}

static void acknowledge(SSL *ssl, const char *line, const char *end) {
    char receipt[256];
    size_t length = strlen(receipt_line);
    const char *id = memmem(line, (size_t)(end - line), id_key, sizeof id_key - 1);
    if (!id) return;
    memcpy(receipt, receipt_line, length);
    memcpy(strstr(receipt, id_key) + sizeof id_key - 1, id + sizeof id_key - 1, ID_LENGTH);
    write_all(ssl, receipt, length);
}

static void answer(SSL *ssl) {
    static const char ping[] = "{\"type\":\"ping\"}", pong[] = "{\"type\":\"pong\"}\n";
    char bytes[16 * 1024];
    size_t length;
    ERR_clear_error();
    while (SSL_read_ex(ssl, bytes, sizeof bytes, &length) == 1) {
        char *line = bytes, *end;
        while ((end = memchr(line, '\n', (size_t)(bytes + length - line)))) {
            if (!strncmp(line, message_line, 17)) acknowledge(ssl, line, end);
            else if (!strncmp(line, ping, sizeof ping - 1)) write_all(ssl, pong, sizeof pong - 1);
            line = end + 1;
        }
        ERR_clear_error();
    }
    int error = SSL_get_error(ssl, 0);
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) die("a session ended");
}

static void say(SSL *ssl) {
    static unsigned long number;
    char line[512], id[ID_LENGTH + 1];
    size_t length = strlen(message_line);
    snprintf(id, sizeof id, "01234567-89ab-4cde-8f01-%012lx", ++number);
    memcpy(line, message_line, length);
    memcpy(strstr(line, id_key) + sizeof id_key - 1, id, ID_LENGTH);
    write_all(ssl, line, length);
}

// Sends until nothing goes out any more for a second.
static void flood(SSL *ssl) {
    size_t written;
    double last = seconds_now();
    SSL_set_mode(ssl, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    while (seconds_now() - last < 1) {
        ERR_clear_error();
        if (SSL_write_ex(ssl, message_line, strlen(message_line), &written) == 1) {
            last = seconds_now();
        } else {
            usleep(1000);
        }
    }
}

void call_crowd(const struct options *options) {
    int epoll = epoll_create1(EPOLL_CLOEXEC), count = options->sessions, input = 0;
    FILE *identities = fopen(options->identities, "r");
    if (!identities) die("identities= is needed");
    SSL **all = calloc((size_t)count, sizeof *all);
    struct epoll_event event, events[64];
    for (int index = 0; index < count; index++) {
        all[index] = open_as(identities, options->port, epoll);
        // Those who wait for the others are asked for signs of life.
        int happened = options->deaf ? 0 : epoll_wait(epoll, events, 64, 0);
        for (int at = 0; at < happened; at++) answer(events[at].data.ptr);
    }
    if (options->deaf) {
        for (int index = 0; index < count; index++) flood(all[index]);
        printf("ready\n");
        fflush(stdout);
        while (getchar() != EOF) {}
        return;
    }
    printf("ready\n");
    fflush(stdout);
    event = (struct epoll_event){.events = EPOLLIN, .data.ptr = &input};
    epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event);
    double start = seconds_now();
    long said = 0;
    while (1) {
        int happened = epoll_wait(epoll, events, 64, options->rate ? 1 : -1);
        for (int index = 0; index < happened; index++) {
            if (events[index].data.ptr == &input) return;
            answer(events[index].data.ptr);
        }
        // As many as were due by now, to one after the other.
        for (long due = (long)((seconds_now() - start) * options->rate); said < due; said++)
            say(all[said % count]);
    }
}
