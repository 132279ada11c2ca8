#include "limit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "limit (listen|call) (echo|stream|sessions|many|crowd)|identities, then NAME=VALUE";

static struct options parse(int count, char **arguments) {
    struct options options = {.threads = 1, .count = 1, .sessions = 1, .deaf = 0};
    const struct { const char *name; const char **text; int *number; } known[] = {
        {"certificate=", &options.certificate, NULL}, {"key=", &options.key, NULL},
        {"pins=", &options.pins, NULL}, {"identities=", &options.identities, NULL},
        {"port=", NULL, &options.port}, {"threads=", NULL, &options.threads},
        {"count=", NULL, &options.count}, {"sessions=", NULL, &options.sessions},
        {"rate=", NULL, &options.rate}, {"deaf=", NULL, &options.deaf},
    };
    for (int index = 0; index < count; index++) {
        size_t at = 0, all = sizeof known / sizeof *known;
        while (at < all && strncmp(arguments[index], known[at].name, strlen(known[at].name))) at++;
        if (at == all) die("there is no option %s", arguments[index]);
        const char *value = arguments[index] + strlen(known[at].name);
        if (known[at].text) *known[at].text = value;
        else *known[at].number = atoi(value);
    }
    return options;
}

int main(int count, char **arguments) {
    if (count < 3) die("%s", usage);
    signal(SIGPIPE, SIG_IGN);
    if (!strcmp(arguments[1], "identities")) {
        struct options options = parse(count - 2, arguments + 2);
        make_identities(options.identities, options.count);
        return 0;
    }
    struct options options = parse(count - 3, arguments + 3);
    int listens = !strcmp(arguments[1], "listen");
    const char *what = arguments[2];
    if (options.pins) load_pins(options.pins);
    if (!strcmp(what, "crowd")) {
        call_crowd(&options);
        return 0;
    }
    if (!options.certificate || !options.key) die("certificate= and key= are needed");
    SSL_CTX *context = make_context();
    use_identity_files(context, options.certificate, options.key);
    if (!strcmp(what, "echo")) (listens ? listen_echo : call_echo)(&options, context);
    else if (!strcmp(what, "stream")) (listens ? listen_stream : call_stream)(&options, context);
    else if (!strcmp(what, "sessions"))
        (listens ? listen_sessions : call_sessions)(&options, context);
    else if (!strcmp(what, "many") && listens) listen_many(&options, context);
    else die("%s", usage);
    SSL_CTX_free(context);
    return 0;
}
