#include "limit.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIGEST = 32 };
static unsigned char (*pins)[DIGEST];
static size_t pin_count;

static int compare(const void *left, const void *right) { return memcmp(left, right, DIGEST); }

void load_pins(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) die("%s can't be read", path);
    char line[256];
    while (fgets(line, sizeof line, file)) {
        pins = realloc(pins, (pin_count + 1) * sizeof *pins);
        for (int index = 0; index < DIGEST; index++) {
            unsigned byte;
            if (sscanf(line + 2 * index, "%2x", &byte) != 1) die("%s has a bad line", path);
            pins[pin_count][index] = (unsigned char)byte;
        }
        pin_count++;
    }
    fclose(file);
    qsort(pins, pin_count, DIGEST, compare);
}

// The pin decides, as in p2pchat, in place of building a chain.
static int verify(X509_STORE_CTX *store, void *unused) {
    (void)unused;
    unsigned char digest[DIGEST];
    X509 *leaf = X509_STORE_CTX_get0_cert(store);
    if (!leaf || !X509_digest(leaf, EVP_sha256(), digest, NULL)) return 0;
    if (bsearch(digest, pins, pin_count, DIGEST, compare)) return 1;
    X509_STORE_CTX_set_error(store, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT);
    return 0;
}

static const unsigned char protocol[] = "\x09p2pchat/1";

static int select_protocol(SSL *ssl, const unsigned char **out, unsigned char *length,
                           const unsigned char *offered, unsigned int count, void *unused) {
    (void)ssl, (void)unused;
    int found = SSL_select_next_proto((unsigned char **)out, length, protocol, sizeof protocol - 1,
                                      offered, count);
    return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

SSL_CTX *make_context(void) {
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    if (!context) die("there is no TLS context");
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
    SSL_CTX_set1_sigalgs_list(context, "ed25519:ecdsa_secp256r1_sha256");
    if (SSL_CTX_set1_groups_list(context, "*X25519MLKEM768:*X25519:P-256") != 1
        && SSL_CTX_set1_groups_list(context, "X25519MLKEM768:X25519:P-256") != 1
        && SSL_CTX_set1_groups_list(context, "X25519:P-256") != 1)
        die("no group of the key exchange is known here");
    ERR_clear_error();
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    SSL_CTX_set_cert_verify_callback(context, verify, NULL);
    SSL_CTX_set_alpn_protos(context, protocol, sizeof protocol - 1);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, NULL);
    return context;
}

void use_identity_files(SSL_CTX *context, const char *certificate, const char *key) {
    if (SSL_CTX_use_certificate_file(context, certificate, SSL_FILETYPE_PEM) != 1)
        die("%s is no certificate", certificate);
    if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) die("%s is no key", key);
}

void make_identities(const char *path, int count) {
    char name[4096];
    snprintf(name, sizeof name, "%s.pins", path);
    FILE *file = fopen(path, "w"), *prints = fopen(name, "w");
    if (!file || !prints) die("%s can't be written", path);
    for (int index = 0; index < count; index++) {
        EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
        X509 *certificate = X509_new();
        if (!key || !certificate) die("no key can be made");
        X509_set_version(certificate, 2);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), index + 1);
        ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "20200101000000Z");
        ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "99991231235959Z");
        char user[32];
        snprintf(user, sizeof user, "user%d", index);
        X509_NAME *subject = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (unsigned char *)user, -1, -1, 0);
        X509_set_issuer_name(certificate, subject);
        X509_set_pubkey(certificate, key);
        unsigned char digest[DIGEST];
        if (!X509_sign(certificate, key, NULL)
            || !X509_digest(certificate, EVP_sha256(), digest, NULL)
            || !PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL)
            || !PEM_write_X509(file, certificate))
            die("no certificate can be made");
        for (int byte = 0; byte < DIGEST; byte++) fprintf(prints, "%02x", digest[byte]);
        fputc('\n', prints);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    if (fclose(file) || fclose(prints)) die("%s can't be written", path);
}
