// What Swift can't import from OpenSSL's headers: macros, variadics, typed stacks.
// One line each, prefixed COpenSSL_, and nothing that decides anything.
#ifndef P2PCHAT_COPENSSL_SHIM_H
#define P2PCHAT_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

// EVP, X509, PEM, BIO
static inline EVP_PKEY *COpenSSL_ED25519_gen(void) { return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"); }
static inline EVP_PKEY *COpenSSL_EC_gen(const char *group) { return EVP_PKEY_Q_keygen(NULL, NULL, "EC", (char *)group); }
static inline long COpenSSL_BIO_get_mem_data(BIO *bio, char **data) { return BIO_get_mem_data(bio, data); }
static inline void COpenSSL_free(void *memory) { OPENSSL_free(memory); }

#endif
