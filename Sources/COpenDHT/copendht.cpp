#ifdef DHT

#include "copendht.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <opendht.h>

namespace {

/// A context, given back when the last callback that holds it goes.
class Context {
public:
    Context(void *pointer, copendht_release release) : pointer(pointer), release(release) {}
    Context(const Context &) = delete;
    Context &operator=(const Context &) = delete;
    ~Context() {
        if (release) release(pointer);
    }
    void *get() const { return pointer; }

private:
    void *pointer;
    copendht_release release;
};

dht::InfoHash hash(const uint8_t *key) { return dht::InfoHash(key, COPENDHT_KEY_LENGTH); }

bool isWelcome(const dht::Value &value) {
    return !value.isEncrypted() && value.data.size() <= COPENDHT_VALUE_LIMIT;
}

void explain(char *error, size_t capacity, const char *text) {
    if (error && capacity > 0) std::snprintf(error, capacity, "%s", text);
}

/// Runs what may throw, which must not reach C or Swift.
template <typename Body> bool guarded(Body &&body) noexcept {
    try {
        body();
        return true;
    } catch (...) {
        return false;
    }
}

/// The text of an address, never a name to look up. Throws where it is neither IPv4 nor IPv6.
dht::SockAddr address(const char *host, uint16_t port) {
    addrinfo hints{};
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo *found = nullptr;
    int fault = getaddrinfo(host, std::to_string(port).c_str(), &hints, &found);
    if (fault != 0) throw std::invalid_argument(gai_strerror(fault));
    std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, freeaddrinfo);
    return dht::SockAddr(found->ai_addr, found->ai_addrlen);
}

dht::GetCallback callback(copendht_value value, const std::shared_ptr<Context> &context) {
    return [value, context](const std::vector<std::shared_ptr<dht::Value>> &values) {
        for (const auto &found : values) {
            if (!found || !isWelcome(*found)) continue;
            if (!value(context->get(), found->data.data(), found->data.size())) return false;
        }
        return true;
    };
}

}  // namespace

struct copendht_node {
    struct Listening {
        dht::InfoHash key;
        std::shared_future<size_t> token;
    };

    dht::DhtRunner runner;
    std::mutex lock;
    std::map<uint64_t, Listening> listening;
    uint64_t last_token = 0;
};

copendht_node *copendht_start(
    const copendht_options *options, char *error, size_t error_capacity) {
    try {
        auto node = std::make_unique<copendht_node>();
        dht::DhtRunner::Config config;
        config.threaded = true;
        config.dht_config.node_config.network = options->network;
        if (options->is_unlimited) {
            config.dht_config.node_config.max_req_per_sec = -1;
            config.dht_config.node_config.max_peer_req_per_sec = -1;
        }
        if (!options->bind4 && !options->bind6) {
            node->runner.run(options->port, config);
        } else {
            if (options->bind4) config.bind4 = address(options->bind4, options->port);
            if (options->bind6) config.bind6 = address(options->bind6, options->port);
            node->runner.run(config, {});
        }
        if (!node->runner.isRunning()) {
            explain(error, error_capacity, "the sockets can't be opened");
            return nullptr;
        }
        return node.release();
    } catch (const std::exception &failure) {
        explain(error, error_capacity, failure.what());
    } catch (...) {
        explain(error, error_capacity, "unknown failure");
    }
    return nullptr;
}

void copendht_stop(copendht_node *node, unsigned patience) {
    if (!node) return;
    // The promise outlives this function in case the goodbye takes longer than our patience.
    auto ended = std::make_shared<std::promise<void>>();
    auto future = ended->get_future();
    bool asked = guarded([&] {
        node->runner.shutdown([ended] { guarded([&] { ended->set_value(); }); }, true);
    });
    if (asked) {
        guarded([&] { future.wait_for(std::chrono::milliseconds(patience)); });
    }
    guarded([&] { node->runner.join(); });
    delete node;
}

void copendht_bootstrap(copendht_node *node, const char *host, const char *service) {
    guarded([&] { node->runner.bootstrap(std::string(host), std::string(service)); });
}

bool copendht_insert(
    copendht_node *node, const uint8_t id[COPENDHT_KEY_LENGTH], const char *host, uint16_t port) {
    return guarded([&] { node->runner.bootstrap(hash(id), address(host, port)); });
}

void copendht_export(copendht_node *node, copendht_peer each, void *context) {
    guarded([&] {
        for (const auto &known : node->runner.exportNodes()) {
            char host[NI_MAXHOST];
            char service[NI_MAXSERV];
            auto address = reinterpret_cast<const sockaddr *>(&known.ss);
            if (getnameinfo(
                    address, known.sslen, host, sizeof host, service, sizeof service,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
                continue;
            each(
                context, known.id.data(), host,
                static_cast<uint16_t>(std::strtoul(service, nullptr, 10)));
        }
    });
}

bool copendht_put(
    copendht_node *node, const uint8_t key[COPENDHT_KEY_LENGTH], uint64_t id,
    const uint8_t *bytes, size_t length, copendht_done done, copendht_release release,
    void *context) {
    auto owned = std::make_shared<Context>(context, release);
    if (length > COPENDHT_VALUE_LIMIT || id == dht::Value::INVALID_ID) return false;
    return guarded([&] {
        auto value = std::make_shared<dht::Value>(bytes, length);
        value->id = id;
        node->runner.put(
            hash(key), value,
            [done, owned](bool succeeded) {
                if (done) done(owned->get(), succeeded);
            },
            dht::time_point::max(), true);
    });
}

void copendht_cancel_put(
    copendht_node *node, const uint8_t key[COPENDHT_KEY_LENGTH], uint64_t id) {
    guarded([&] { node->runner.cancelPut(hash(key), id); });
}

void copendht_get(
    copendht_node *node, const uint8_t key[COPENDHT_KEY_LENGTH], copendht_value value,
    copendht_done done, copendht_release release, void *context) {
    auto owned = std::make_shared<Context>(context, release);
    bool asked = guarded([&] {
        node->runner.get(
            hash(key), callback(value, owned), [done, owned](bool succeeded) {
                if (done) done(owned->get(), succeeded);
            });
    });
    if (!asked && done) done(owned->get(), false);
}

uint64_t copendht_listen(
    copendht_node *node, const uint8_t key[COPENDHT_KEY_LENGTH], copendht_value value,
    copendht_release release, void *context) {
    auto owned = std::make_shared<Context>(context, release);
    uint64_t token = 0;
    guarded([&] {
        auto future = node->runner.listen(hash(key), callback(value, owned)).share();
        std::lock_guard<std::mutex> guard(node->lock);
        token = ++node->last_token;
        node->listening[token] = {hash(key), future};
    });
    return token;
}

void copendht_cancel_listen(copendht_node *node, uint64_t token) {
    guarded([&] {
        copendht_node::Listening entry;
        {
            std::lock_guard<std::mutex> guard(node->lock);
            auto found = node->listening.find(token);
            if (found == node->listening.end()) return;
            entry = found->second;
            node->listening.erase(found);
        }
        node->runner.cancelListen(entry.key, entry.token);
    });
}

void copendht_connectivity_changed(copendht_node *node) {
    guarded([&] { node->runner.connectivityChanged(); });
}

copendht_info copendht_get_info(copendht_node *node) {
    copendht_info info{};
    guarded([&] {
        auto stats4 = node->runner.getNodesStats(AF_INET);
        auto stats6 = node->runner.getNodesStats(AF_INET6);
        auto state = [](const dht::NodeStats &stats) {
            return stats.good_nodes > 0 ? 2 : stats.getKnownNodes() > 0 ? 1 : 0;
        };
        info.state4 = state(stats4);
        info.state6 = state(stats6);
        info.good4 = stats4.good_nodes;
        info.dubious4 = stats4.dubious_nodes;
        info.good6 = stats6.good_nodes;
        info.dubious6 = stats6.dubious_nodes;
        info.port4 = node->runner.getBoundPort(AF_INET);
        info.port6 = node->runner.getBoundPort(AF_INET6);
        auto stored = node->runner.getStoreSize();
        info.stored_bytes = stored.first;
        info.stored_values = stored.second;
    });
    return info;
}

void copendht_public_addresses(copendht_node *node, copendht_address each, void *context) {
    guarded([&] {
        for (const auto &seen : node->runner.getPublicAddress()) {
            if (seen.getFamily() == AF_INET) {
                each(context, reinterpret_cast<const uint8_t *>(&seen.getIPv4().sin_addr), 4);
            } else if (seen.getFamily() == AF_INET6) {
                each(context, reinterpret_cast<const uint8_t *>(&seen.getIPv6().sin6_addr), 16);
            }
        }
    });
}

void copendht_hash(const uint8_t *bytes, size_t length, uint8_t key[COPENDHT_KEY_LENGTH]) {
    if (!guarded([&] {
            auto hashed = dht::InfoHash::get(bytes, length);
            std::copy(hashed.begin(), hashed.end(), key);
        }))
        std::fill(key, key + COPENDHT_KEY_LENGTH, uint8_t(0));
}

#endif
