#ifdef DHT

#include "cportmapping.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#include <natpmp.h>

static int64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static cportmapping_outcome outcome(int error) {
    switch (error) {
    case NATPMP_ERR_NOTAUTHORIZED:
    case NATPMP_ERR_NETWORKFAILURE:
    case NATPMP_ERR_OUTOFRESOURCES:
    case NATPMP_ERR_UNDEFINEDERROR:
        return CPORTMAPPING_REFUSED;
    case NATPMP_ERR_SOCKETERROR:
    case NATPMP_ERR_CANNOTGETGATEWAY:
    case NATPMP_ERR_CONNECTERR:
    case NATPMP_ERR_FCNTLERROR:
    case NATPMP_ERR_SENDERR:
        return CPORTMAPPING_LOCAL;
    default:
        return CPORTMAPPING_NONE;
    }
}

/// Waits for the answer to the request that is under way, asking again as RFC 6886, 3.1 says.
static cportmapping_outcome answer(natpmp_t *session, int64_t deadline, natpmpresp_t *response) {
    for (;;) {
        struct timeval pause;
        int64_t left = deadline - milliseconds();
        if (left <= 0 || getnatpmprequesttimeout(session, &pause) < 0) return CPORTMAPPING_NONE;
        int64_t next = (int64_t)pause.tv_sec * 1000 + pause.tv_usec / 1000;
        if (next < 0) next = 0;
        struct pollfd waiting = {.fd = session->s, .events = POLLIN};
        if (poll(&waiting, 1, (int)(next < left ? next : left)) < 0 && errno != EINTR)
            return CPORTMAPPING_LOCAL;
        int read = readnatpmpresponseorretry(session, response);
        if (read == 0) return CPORTMAPPING_OK;
        // Anybody on the network can send a datagram: that of a stranger is no answer.
        if (read != NATPMP_TRYAGAIN && read != NATPMP_ERR_WRONGPACKETSOURCE) return outcome(read);
    }
}

cportmapping_outcome cportmapping_natpmp_map(
    uint32_t gateway, uint16_t internal_port, uint16_t external_port, uint32_t lifetime,
    unsigned patience, cportmapping_result *result) {
    memset(result, 0, sizeof *result);
    natpmp_t session;
    int error = initnatpmp(&session, gateway != 0, gateway);
    if (error < 0) return outcome(error);
    int64_t deadline = milliseconds() + patience;
    natpmpresp_t response;
    cportmapping_outcome outcome = CPORTMAPPING_LOCAL;
    if (sendnewportmappingrequest(
            &session, NATPMP_PROTOCOL_TCP, internal_port, external_port, lifetime)
        == 12)
        outcome = answer(&session, deadline, &response);
    if (outcome == CPORTMAPPING_OK) {
        if (response.type != NATPMP_RESPTYPE_TCPPORTMAPPING
            || response.pnu.newportmapping.privateport != internal_port) {
            outcome = CPORTMAPPING_NONE;
        } else {
            result->external_port = response.pnu.newportmapping.mappedpublicport;
            result->lifetime = response.pnu.newportmapping.lifetime;
        }
    }
    // The mapping stands whether or not the router says what its address is.
    if (outcome == CPORTMAPPING_OK && lifetime > 0 && sendpublicaddressrequest(&session) == 2
        && answer(&session, deadline, &response) == CPORTMAPPING_OK
        && response.type == NATPMP_RESPTYPE_PUBLICADDRESS)
        inet_ntop(
            AF_INET, &response.pnu.publicaddress.addr, result->external_address,
            sizeof result->external_address);
    closenatpmp(&session);
    return outcome;
}

#endif
