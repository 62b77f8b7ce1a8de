// libcurl's types and constants, and its functions as a table that is filled when the library is opened with
// dlopen(3). Nothing here makes a program need libcurl in order to start: there is no `link` in the module map.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/socket.h>

// The functions that are used. The variadic ones cannot be called from Swift: that is what the wrappers
// below are for.
struct ccurl_library {
    __typeof__(&curl_global_init) global_init;
    __typeof__(&curl_version_info) version_info;
    __typeof__(&curl_easy_init) easy_init;
    __typeof__(&curl_easy_cleanup) easy_cleanup;
    __typeof__(&curl_easy_pause) easy_pause;
    __typeof__(&curl_easy_strerror) easy_strerror;
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    __typeof__(&curl_slist_append) slist_append;
    __typeof__(&curl_slist_free_all) slist_free_all;
    __typeof__(&curl_multi_init) multi_init;
    __typeof__(&curl_multi_cleanup) multi_cleanup;
    __typeof__(&curl_multi_add_handle) multi_add_handle;
    __typeof__(&curl_multi_remove_handle) multi_remove_handle;
    __typeof__(&curl_multi_perform) multi_perform;
    __typeof__(&curl_multi_poll) multi_poll;
    __typeof__(&curl_multi_wakeup) multi_wakeup;
    __typeof__(&curl_multi_info_read) multi_info_read;
    CURLMcode (*multi_setopt)(CURLM *, CURLMoption, ...);
};

// Opens the shared library `name` and fills the table. NULL when it could be done, or else dlerror(3)'s words.
static inline const char *ccurl_open(const char *name, struct ccurl_library *library) {
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle) return dlerror();
    const struct {
        const char *name;
        void *slot;
    } functions[] = {
        {"curl_global_init", &library->global_init},
        {"curl_version_info", &library->version_info},
        {"curl_easy_init", &library->easy_init},
        {"curl_easy_cleanup", &library->easy_cleanup},
        {"curl_easy_pause", &library->easy_pause},
        {"curl_easy_strerror", &library->easy_strerror},
        {"curl_easy_setopt", &library->easy_setopt},
        {"curl_easy_getinfo", &library->easy_getinfo},
        {"curl_slist_append", &library->slist_append},
        {"curl_slist_free_all", &library->slist_free_all},
        {"curl_multi_init", &library->multi_init},
        {"curl_multi_cleanup", &library->multi_cleanup},
        {"curl_multi_add_handle", &library->multi_add_handle},
        {"curl_multi_remove_handle", &library->multi_remove_handle},
        {"curl_multi_perform", &library->multi_perform},
        {"curl_multi_poll", &library->multi_poll},
        {"curl_multi_wakeup", &library->multi_wakeup},
        {"curl_multi_info_read", &library->multi_info_read},
        {"curl_multi_setopt", &library->multi_setopt},
    };
    for (size_t index = 0; index < sizeof functions / sizeof *functions; index++) {
        void *address = dlsym(handle, functions[index].name);
        if (!address) return dlerror();
        *(void **)functions[index].slot = address;
    }
    return NULL;
}

static inline CURLcode ccurl_set_long(
    const struct ccurl_library *library, CURL *easy, CURLoption option, long value) {
    return library->easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_size(
    const struct ccurl_library *library, CURL *easy, CURLoption option, curl_off_t value) {
    return library->easy_setopt(easy, option, value);
}

// For options that take a string, which libcurl copies, or NULL.
static inline CURLcode ccurl_set_string(
    const struct ccurl_library *library, CURL *easy, CURLoption option, const char *value) {
    return library->easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_pointer(
    const struct ccurl_library *library, CURL *easy, CURLoption option, void *value) {
    return library->easy_setopt(easy, option, value);
}

static inline CURLcode ccurl_set_list(
    const struct ccurl_library *library, CURL *easy, CURLoption option, struct curl_slist *value) {
    return library->easy_setopt(easy, option, value);
}

// For options that take bytes, which libcurl is told to copy.
static inline CURLcode ccurl_set_blob(
    const struct ccurl_library *library, CURL *easy, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {.data = (void *)bytes, .len = count, .flags = CURL_BLOB_COPY};
    return library->easy_setopt(easy, option, &blob);
}

// CURLOPT_WRITEFUNCTION and CURLOPT_HEADERFUNCTION.
static inline CURLcode ccurl_set_receiver(
    const struct ccurl_library *library, CURL *easy, CURLoption option,
    size_t (*receive)(char *bytes, size_t size, size_t count, void *context)) {
    return library->easy_setopt(easy, option, receive);
}

// CURLOPT_PREREQFUNCTION.
static inline CURLcode ccurl_set_prerequest(
    const struct ccurl_library *library, CURL *easy,
    int (*ask)(void *context, char *primary_ip, char *local_ip, int primary_port, int local_port)) {
    return library->easy_setopt(easy, CURLOPT_PREREQFUNCTION, ask);
}

// The server's machine has acknowledged nothing for so long, tcp(7): the connection is dead, whatever it was silent for.
static inline int ccurl_limit_silence(void *context, curl_socket_t socket, curlsocktype purpose) {
    unsigned int milliseconds = 45000;
    if (purpose == CURLSOCKTYPE_IPCXN)
        setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds);
    return CURL_SOCKOPT_OK;
}

// CURLOPT_SOCKOPTFUNCTION.
static inline CURLcode ccurl_notice_dead_connections(const struct ccurl_library *library, CURL *easy) {
    return library->easy_setopt(easy, CURLOPT_SOCKOPTFUNCTION, &ccurl_limit_silence);
}

static inline long ccurl_get_long(const struct ccurl_library *library, CURL *easy, CURLINFO info) {
    long value = 0;
    library->easy_getinfo(easy, info, &value);
    return value;
}

static inline CURLMcode ccurl_multi_set_long(
    const struct ccurl_library *library, CURLM *multi, CURLMoption option, long value) {
    return library->multi_setopt(multi, option, value);
}

// A finished transfer's result: `message.data` is a union that Swift cannot read.
static inline CURLcode ccurl_result(const CURLMsg *message) { return message->data.result; }
