// Two programs and one connection between them: round trips, and a stream one way.
#include "limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void listen_echo(const struct options *options, SSL_CTX *context) {
    (void)options;
    int port, listener = listen_on_loopback(&port);
    SSL *ssl = open_session(context, accept_from(listener), 1);
    char line[1024];
    size_t message = strlen(message_line), receipt = strlen(receipt_line);
    while (read_exactly(ssl, line, message)) write_all(ssl, receipt_line, receipt);
    printf("{\"cpu_s\":%.6f}\n", processor_seconds());
    close_session(ssl);
}

void call_echo(const struct options *options, SSL_CTX *context) {
    SSL *ssl = open_session(context, connect_to_loopback(options->port), 0);
    int count = options->count, warm = count / 10;
    double *latencies = calloc((size_t)count, sizeof *latencies);
    char line[1024];
    size_t message = strlen(message_line), receipt = strlen(receipt_line);
    for (int index = -warm; index < count; index++) {
        double start = seconds_now();
        write_all(ssl, message_line, message);
        if (!read_exactly(ssl, line, receipt)) die("the other side is gone");
        if (index >= 0) latencies[index] = (seconds_now() - start) * 1e6;
    }
    report_latencies(latencies, count);
    free(latencies);
    close_session(ssl);
}

void listen_stream(const struct options *options, SSL_CTX *context) {
    int port, listener = listen_on_loopback(&port);
    SSL *ssl = open_session(context, accept_from(listener), 1);
    double before = processor_seconds();
    char bytes[16 * 1024];
    size_t length;
    int lines = 0;
    while (lines < options->count) {
        if (SSL_read_ex(ssl, bytes, sizeof bytes, &length) != 1) die("the stream broke off");
        for (char *at = bytes; (at = memchr(at, '\n', (size_t)(bytes + length - at))); at++) lines++;
    }
    write_all(ssl, receipt_line, strlen(receipt_line));
    printf("{\"cpu_s\":%.6f}\n", processor_seconds() - before);
    close_session(ssl);
}

void call_stream(const struct options *options, SSL_CTX *context) {
    SSL *ssl = open_session(context, connect_to_loopback(options->port), 0);
    double start = seconds_now(), before = processor_seconds();
    size_t message = strlen(message_line);
    for (int index = 0; index < options->count; index++) write_all(ssl, message_line, message);
    char line[1024];
    if (!read_line(ssl, line, sizeof line)) die("the other side is gone");
    double elapsed = seconds_now() - start;
    printf("{\"count\":%d,\"seconds\":%.6f,\"per_second\":%.1f,\"cpu_s\":%.6f}\n", options->count,
           elapsed, options->count / elapsed, processor_seconds() - before);
    close_session(ssl);
}
