// What libssl and the kernel alone need for what p2pchat does: the figure to hold its own against.
// Blocking sockets, and no work beside the bytes.
#ifndef LIMIT_H
#define LIMIT_H

#define _GNU_SOURCE
#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

// What the command line said, as name=value.
struct options {
    const char *certificate, *key, *pins, *identities;
    int port, threads, count, sessions, rate, deaf;
};

// Ends the program with a sentence, and OpenSSL's reason where there is one.
_Noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));
double seconds_now(void);
// Processor time that this process has used, in seconds.
double processor_seconds(void);
// Writes one JSON line about these latencies, in microseconds. Sorts them.
void report_latencies(double *latencies, int count);

// p2pchat's TLS profile, see Sources/ChatTLS/TLSContext.swift.
SSL_CTX *make_context(void);
void use_identity_files(SSL_CTX *context, const char *certificate, const char *key);
// The fingerprints that are let in, a file of hexadecimal lines.
void load_pins(const char *path);
// Writes `count` key pairs with certificates to PATH, and their fingerprints to PATH.pins.
void make_identities(const char *path, int count);

// Sockets on loopback. Each dies where it fails.
int listen_on_loopback(int *port);
int accept_from(int listener);
int connect_to_loopback(int port);

// Handshake, and the hello each way.
SSL *open_session(SSL_CTX *context, int socket, int is_server);
void close_session(SSL *ssl);
void write_all(SSL *ssl, const char *bytes, size_t count);
// Reads until `count` bytes have come. 0 where the peer has closed before the first.
int read_exactly(SSL *ssl, char *bytes, size_t count);
// Reads until there is a line, whose LF is kept. Nothing may follow it.
size_t read_line(SSL *ssl, char *bytes, size_t size);

// The lines, as p2pchat writes them: what a message of 120 bytes and its receipt come to.
extern const char message_line[], receipt_line[];

void listen_echo(const struct options *options, SSL_CTX *context);
void call_echo(const struct options *options, SSL_CTX *context);
void listen_stream(const struct options *options, SSL_CTX *context);
void call_stream(const struct options *options, SSL_CTX *context);
void listen_sessions(const struct options *options, SSL_CTX *context);
void call_sessions(const struct options *options, SSL_CTX *context);
void listen_many(const struct options *options, SSL_CTX *context);
void call_crowd(const struct options *options);

#endif
