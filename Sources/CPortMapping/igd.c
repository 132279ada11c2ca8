#ifdef DHT

#include "cportmapping.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <miniupnpc/miniupnpc.h>
#include <miniupnpc/upnpcommands.h>
#include <miniupnpc/upnperrors.h>

/// How many ports are tried where another machine has the one that was asked for.
#define ATTEMPTS 8

// UPnP-IGD, WANIPConnection:2, 2.5: what AddPortMapping may answer.
#define CONFLICT_IN_MAPPING_ENTRY 718
#define ONLY_PERMANENT_LEASES 725
#define CONFLICT_WITH_OTHER_MECHANISMS 729

struct cportmapping_igd {
    struct UPNPUrls urls;
    struct IGDdatas data;
    char own_address[64];
};

cportmapping_igd *cportmapping_igd_find(const char *interface, unsigned patience) {
    int error = 0;
    struct UPNPDev *devices =
        upnpDiscover((int)patience, interface, NULL, UPNP_LOCAL_PORT_ANY, 0, 2, &error);
    if (!devices) return NULL;
    cportmapping_igd *igd = calloc(1, sizeof *igd);
    int kind = 0;
    if (igd) {
#if MINIUPNPC_API_VERSION >= 18
        kind = UPNP_GetValidIGD(
            devices, &igd->urls, &igd->data, igd->own_address, sizeof igd->own_address, NULL, 0);
#else
        kind = UPNP_GetValidIGD(
            devices, &igd->urls, &igd->data, igd->own_address, sizeof igd->own_address);
#endif
    }
    freeUPNPDevlist(devices);
    // 1: a router that is connected. Others are of no use, but have filled in what must be freed.
    if (kind == 1) return igd;
    if (kind != 0) FreeUPNPUrls(&igd->urls);
    free(igd);
    return NULL;
}

void cportmapping_igd_free(cportmapping_igd *igd) {
    if (!igd) return;
    FreeUPNPUrls(&igd->urls);
    free(igd);
}

const char *cportmapping_igd_location(const cportmapping_igd *igd) {
    return igd->urls.rootdescURL ? igd->urls.rootdescURL : "";
}

static int add(
    cportmapping_igd *igd, uint16_t internal_port, uint16_t external_port, uint32_t lifetime) {
    char internal_text[8], external_text[8], lifetime_text[16];
    snprintf(internal_text, sizeof internal_text, "%u", internal_port);
    snprintf(external_text, sizeof external_text, "%u", external_port);
    snprintf(lifetime_text, sizeof lifetime_text, "%u", lifetime);
    // The description is seen by everybody on the network: it names the program, nobody in it.
    return UPNP_AddPortMapping(
        igd->urls.controlURL, igd->data.first.servicetype, external_text, internal_text,
        igd->own_address, "p2pchat", "TCP", NULL, lifetime_text);
}

cportmapping_outcome cportmapping_igd_map(
    cportmapping_igd *igd, uint16_t internal_port, uint16_t external_port, uint32_t lifetime,
    cportmapping_result *result) {
    memset(result, 0, sizeof *result);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        uint32_t port = (uint32_t)external_port + (uint32_t)attempt;
        if (port > 65535) port = 1024 + port % 64512;
        uint32_t granted = lifetime;
        int answer = add(igd, internal_port, (uint16_t)port, granted);
        if (answer == ONLY_PERMANENT_LEASES) {
            granted = 0;
            answer = add(igd, internal_port, (uint16_t)port, granted);
        }
        if (answer == UPNPCOMMAND_SUCCESS) {
            result->external_port = (uint16_t)port;
            result->lifetime = granted;
            if (UPNP_GetExternalIPAddress(
                    igd->urls.controlURL, igd->data.first.servicetype, result->external_address)
                != UPNPCOMMAND_SUCCESS)
                result->external_address[0] = '\0';
            return CPORTMAPPING_OK;
        }
        if (answer == UPNPCOMMAND_HTTP_ERROR) return CPORTMAPPING_NONE;
        if (answer != CONFLICT_IN_MAPPING_ENTRY && answer != CONFLICT_WITH_OTHER_MECHANISMS) break;
    }
    return CPORTMAPPING_REFUSED;
}

cportmapping_outcome cportmapping_igd_unmap(cportmapping_igd *igd, uint16_t external_port) {
    char text[8];
    snprintf(text, sizeof text, "%u", external_port);
    int answer = UPNP_DeletePortMapping(
        igd->urls.controlURL, igd->data.first.servicetype, text, "TCP", NULL);
    if (answer == UPNPCOMMAND_SUCCESS) return CPORTMAPPING_OK;
    return answer == UPNPCOMMAND_HTTP_ERROR ? CPORTMAPPING_NONE : CPORTMAPPING_REFUSED;
}

#endif
