#include "limit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SIXTY "The quick brown fox jumps over the lazy dog, and goes home. "
const char message_line[] =
    "{\"type\":\"message\",\"id\":\"01234567-89ab-4cde-8f01-23456789abcd\",\"sender\":\"alice\","
    "\"content\":\"" SIXTY SIXTY "\",\"timestamp\":1764000000.2512345}\n";
const char receipt_line[] =
    "{\"type\":\"receipt\",\"id\":\"01234567-89ab-4cde-8f01-23456789abcd\","
    "\"state\":\"delivered\"}\n";
static const char hello_line[] =
    "{\"type\":\"hello\",\"version\":1,\"username\":\"alice\",\"port\":5555,\"features\":[],"
    "\"instance\":\"0123456789abcdef\"}\n";

void die(const char *format, ...) {
    int number = errno;
    va_list arguments;
    va_start(arguments, format);
    fputs("limit: ", stderr);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    unsigned long code = ERR_get_error();
    if (code) fprintf(stderr, ": %s", ERR_reason_error_string(code));
    else if (number) fprintf(stderr, ": %s", strerror(number));
    fputc('\n', stderr);
    _exit(1);
}

double seconds_now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double processor_seconds(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

void report_latencies(double *latencies, int count) {
    if (count < 1) die("nothing was measured");
    double sum = 0;
    for (int index = 0; index < count; index++) sum += latencies[index];
    qsort(latencies, (size_t)count, sizeof *latencies, ascending);
    printf("{\"count\":%d,\"mean_us\":%.2f,\"median_us\":%.2f,\"p99_us\":%.2f,\"p999_us\":%.2f,"
           "\"cpu_s\":%.6f}\n",
           count, sum / count, latencies[count / 2], latencies[count * 99L / 100],
           latencies[count * 999L / 1000], processor_seconds());
    fflush(stdout);
}

int listen_on_loopback(int *port) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address)
        || listen(listener, 256) || getsockname(listener, (struct sockaddr *)&address, &length))
        die("no port to listen on");
    *port = ntohs(address.sin_port);
    printf("port %d\n", *port);
    fflush(stdout);
    return listener;
}

static int without_delay(int socket) {
    int yes = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    return socket;
}

int accept_from(int listener) {
    int connection;
    do connection = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    while (connection < 0 && errno == EINTR);
    if (connection < 0) die("a connection can't be accepted");
    return without_delay(connection);
}

int connect_to_loopback(int port) {
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address))
        die("port %d can't be reached", port);
    return without_delay(connection);
}

SSL *open_session(SSL_CTX *context, int socket, int is_server) {
    SSL *ssl = SSL_new(context);
    if (!ssl || !SSL_set_fd(ssl, socket)) die("no connection can be made");
    ERR_clear_error();
    if ((is_server ? SSL_accept(ssl) : SSL_connect(ssl)) != 1) die("the handshake failed");
    write_all(ssl, hello_line, sizeof hello_line - 1);
    char line[1024];
    if (!read_line(ssl, line, sizeof line)) die("no hello has come");
    return ssl;
}

void close_session(SSL *ssl) {
    int socket = SSL_get_fd(ssl);
    ERR_clear_error();
    SSL_shutdown(ssl);
    SSL_free(ssl);
    close(socket);
}

void write_all(SSL *ssl, const char *bytes, size_t count) {
    size_t written;
    ERR_clear_error();
    if (SSL_write_ex(ssl, bytes, count, &written) != 1 || written != count)
        die("a write failed");
}

int read_exactly(SSL *ssl, char *bytes, size_t count) {
    size_t have = 0;
    while (have < count) {
        size_t length;
        ERR_clear_error();
        if (SSL_read_ex(ssl, bytes + have, count - have, &length) != 1) {
            if (have) die("the connection ended inside a message");
            return 0;
        }
        have += length;
    }
    return 1;
}

size_t read_line(SSL *ssl, char *bytes, size_t size) {
    size_t have = 0;
    do {
        size_t length;
        ERR_clear_error();
        if (SSL_read_ex(ssl, bytes + have, size - have, &length) != 1) return 0;
        have += length;
    } while (bytes[have - 1] != '\n' && have < size);
    return have;
}
