// What Swift can't import from OpenSSL's headers: macros, variadics, typed stacks.
// One line each, prefixed COpenSSL_, and nothing that decides anything.
#ifndef P2PCHAT_COPENSSL_SHIM_H
#define P2PCHAT_COPENSSL_SHIM_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#endif
