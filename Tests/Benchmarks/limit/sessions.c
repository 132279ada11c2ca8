// New sessions, one after the other in each thread.
#include "limit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct work {
    const struct options *options;
    SSL_CTX *context;
    int listener;
    atomic_int left;
};

static void run_threads(struct work *work, void *(*body)(void *)) {
    int count = work->options->threads;
    pthread_t *threads = calloc((size_t)count, sizeof *threads);
    for (int index = 0; index < count; index++)
        if (pthread_create(&threads[index], NULL, body, work)) die("no thread can be made");
    for (int index = 0; index < count; index++) pthread_join(threads[index], NULL);
    free(threads);
}

static void *serve(void *argument) {
    struct work *work = argument;
    while (atomic_fetch_sub(&work->left, 1) > 0) {
        SSL *ssl = open_session(work->context, accept_from(work->listener), 1);
        char end;
        // Until the caller hangs up, so that the next one finds us ready.
        read_exactly(ssl, &end, 1);
        close_session(ssl);
    }
    return NULL;
}

static void *call(void *argument) {
    struct work *work = argument;
    while (atomic_fetch_sub(&work->left, 1) > 0)
        close_session(open_session(work->context, connect_to_loopback(work->options->port), 0));
    return NULL;
}

void listen_sessions(const struct options *options, SSL_CTX *context) {
    int port;
    struct work work = {options, context, listen_on_loopback(&port), options->count};
    double before = processor_seconds();
    run_threads(&work, serve);
    printf("{\"cpu_s\":%.6f}\n", processor_seconds() - before);
}

void call_sessions(const struct options *options, SSL_CTX *context) {
    struct work work = {options, context, -1, options->count};
    double start = seconds_now(), before = processor_seconds();
    run_threads(&work, call);
    double elapsed = seconds_now() - start;
    printf("{\"count\":%d,\"seconds\":%.6f,\"per_second\":%.1f,\"cpu_s\":%.6f}\n", options->count,
           elapsed, options->count / elapsed, processor_seconds() - before);
}
