/// OpenDHT (https://opendht.net) with a C face: one node of the distributed hash table.
///
/// OpenDHT is C++ and has no C interface in the versions that distributions carry. Nothing
/// thrown in C++ leaves these functions.
///
/// Threads: every function may be called from any thread. Callbacks come on the node's own
/// thread, and must not call back into this interface or block. No callback comes after
/// ``copendht_stop`` has returned.
#ifndef COPENDHT_H
#define COPENDHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes in a key of the table, and in a node's id.
#define COPENDHT_KEY_LENGTH 20
/// The longest value, in bytes, that is published or handed on: ours are far shorter, and a
/// stranger's are not to fill memory.
#define COPENDHT_VALUE_LIMIT 1024

typedef struct copendht_node copendht_node;

typedef struct {
    /// Local addresses to bind, as text without a scope; NULL for every address.
    const char *bind4;
    const char *bind6;
    /// UDP port; 0 for any free one.
    uint16_t port;
    /// Nodes talk only to nodes of the same network; 0 is the public one.
    uint32_t network;
    /// On for networks on one machine: takes away the limits on requests per address, which on
    /// loopback all nodes share.
    bool is_unlimited;
} copendht_options;

typedef struct {
    /// 0: no nodes known, 1: asking, 2: at least one answers. Of IPv4 and IPv6.
    int state4;
    int state6;
    /// Nodes that answer, and nodes that may.
    uint32_t good4;
    uint32_t dubious4;
    uint32_t good6;
    uint32_t dubious6;
    /// UDP ports that were bound; 0 for none.
    uint16_t port4;
    uint16_t port6;
    /// Values that this node keeps for others, and the bytes in them.
    size_t stored_values;
    size_t stored_bytes;
} copendht_info;

/// What is done when a callback will not be called any more: gives its context back.
typedef void (*copendht_release)(void *context);
/// A value that was found. False: no more of them are wanted.
typedef bool (*copendht_value)(void *context, const uint8_t *bytes, size_t length);
/// An operation has ended; whether at least one node took part in it.
typedef void (*copendht_done)(void *context, bool succeeded);
/// A known node.
typedef void (*copendht_peer)(
    void *context, const uint8_t id[COPENDHT_KEY_LENGTH], const char *host, uint16_t port);

/// Opens the sockets and starts the node's thread.
///
/// Returns NULL on failure, with a text in `error`, cut to fit and ended by NUL.
copendht_node *copendht_start(
    const copendht_options *options, char *error, size_t error_capacity);

/// Ends the operations, joins the thread and frees the node. Blocks for as long as that takes,
/// up to `patience` milliseconds for saying goodbye to the network.
void copendht_stop(copendht_node *node, unsigned patience);

/// Joins the network through this node. Its name is looked up in the background, and again
/// whenever all other nodes are lost.
void copendht_bootstrap(copendht_node *node, const char *host, const char *service);

/// Makes a node known that was met earlier. It is not asked anything yet. False where the host is
/// not the text of an address.
bool copendht_insert(
    copendht_node *node, const uint8_t id[COPENDHT_KEY_LENGTH], const char *host, uint16_t port);

/// Calls `each` for the nodes worth keeping for the next start, before it returns.
void copendht_export(copendht_node *node, copendht_peer each, void *context);

/// Publishes a value, and again for as long as the node runs, until ``copendht_cancel_put``. The
/// id tells it from other values under this key; not 0. False where the value is too long.
bool copendht_put(
    copendht_node *node, const uint8_t key[COPENDHT_KEY_LENGTH], uint64_t id,
    const uint8_t *bytes, size_t length, copendht_done done, copendht_release release,
    void *context);

/// Stops publishing. Other nodes keep the value until it expires, ten minutes at most.
void copendht_cancel_put(
    copendht_node *node, const uint8_t key[COPENDHT_KEY_LENGTH], uint64_t id);

/// Looks up the values under a key, once.
void copendht_get(
    copendht_node *node, const uint8_t key[COPENDHT_KEY_LENGTH], copendht_value value,
    copendht_done done, copendht_release release, void *context);

/// Hands on the values under a key, those there are and those that come, until
/// ``copendht_cancel_listen`` with the token that this returns.
uint64_t copendht_listen(
    copendht_node *node, const uint8_t key[COPENDHT_KEY_LENGTH], copendht_value value,
    copendht_release release, void *context);

void copendht_cancel_listen(copendht_node *node, uint64_t token);

/// The network has changed: the nodes are asked anew, and what is published and listened for is
/// set up again.
void copendht_connectivity_changed(copendht_node *node);

copendht_info copendht_get_info(copendht_node *node);

/// An address of ours, 4 or 16 bytes in network order.
typedef void (*copendht_address)(void *context, const uint8_t *bytes, size_t length);

/// Calls `each` for the addresses that other nodes say they see us at, before it returns.
void copendht_public_addresses(copendht_node *node, copendht_address each, void *context);

/// Hashes a name into a key as OpenDHT's own tools do: SHA-1 of the bytes.
void copendht_hash(
    const uint8_t *bytes, size_t length, uint8_t key[COPENDHT_KEY_LENGTH]);

#ifdef __cplusplus
}
#endif

#endif
