/// Asking a router to let connections in: UPnP-IGD through miniupnpc, NAT-PMP (RFC 6886) through
/// libnatpmp. TCP over IPv4 alone.
///
/// Every function blocks, for seconds where the network does not answer. One thread at a time.
#ifndef CPORTMAPPING_H
#define CPORTMAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The text of an IPv4 address, and its NUL.
#define CPORTMAPPING_ADDRESS 16

typedef struct {
    /// What the world sees; empty where the router did not say.
    char external_address[CPORTMAPPING_ADDRESS];
    uint16_t external_port;
    /// Seconds; 0 for good.
    uint32_t lifetime;
} cportmapping_result;

/// What a router says no with, or why none could be asked.
typedef enum {
    CPORTMAPPING_OK = 0,
    /// Nobody answered.
    CPORTMAPPING_NONE,
    /// A router answered and refused.
    CPORTMAPPING_REFUSED,
    /// This machine's network can't be used for it.
    CPORTMAPPING_LOCAL,
} cportmapping_outcome;

typedef struct cportmapping_igd cportmapping_igd;

/// Looks for a router that speaks UPnP-IGD for `patience` milliseconds.
///
/// - `interface`: the local IPv4 address, or name, of the interface to ask on; NULL for the usual.
/// - Returns NULL where there is none.
cportmapping_igd *cportmapping_igd_find(const char *interface, unsigned patience);

void cportmapping_igd_free(cportmapping_igd *igd);

/// The router's own name for itself: where it describes itself. A stranger's text. Lives as long
/// as the value.
const char *cportmapping_igd_location(const cportmapping_igd *igd);

/// Maps a port for `lifetime` seconds, or for good where the router knows no other way. The
/// external port is `external_port` or, where another machine has it, one near by.
cportmapping_outcome cportmapping_igd_map(
    cportmapping_igd *igd, uint16_t internal_port, uint16_t external_port, uint32_t lifetime,
    cportmapping_result *result);

cportmapping_outcome cportmapping_igd_unmap(cportmapping_igd *igd, uint16_t external_port);

/// Maps a port through NAT-PMP; `lifetime` 0 withdraws the mapping.
///
/// - `gateway`: the router's IPv4 address in network byte order; 0 for the default gateway.
cportmapping_outcome cportmapping_natpmp_map(
    uint32_t gateway, uint16_t internal_port, uint16_t external_port, uint32_t lifetime,
    unsigned patience, cportmapping_result *result);

#ifdef __cplusplus
}
#endif

#endif
