// What process supervision needs of glibc and Linux beyond what Swift's Glibc module shows: the GNU
// additions to posix_spawn(3), and pidfd_open(2) with its relatives, which are variadic system calls.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern long syscall(long number, ...);

// POSIX_SPAWN_SETSID of glibc's <spawn.h>: the child leads a session of its own.
static const short CPS_SPAWN_SETSID = 0x80;

// pidfd_open(2): a descriptor for a process that stays true when the number is used again.
static inline int cps_pidfd_open(pid_t pid) {
    return (int)syscall(434 /* SYS_pidfd_open, the same on every architecture */, pid, 0);
}

// pidfd_send_signal(2): signals exactly the process of the descriptor.
static inline int cps_pidfd_send_signal(int pidfd, int signal) {
    return (int)syscall(424 /* SYS_pidfd_send_signal */, pidfd, signal, (void *)0, 0);
}

// A TCP port of 127.0.0.1 that nobody uses at the moment; -1 when there is none. In C, because Swift's
// Glibc and SwiftNIO each show a `sockaddr_in` of their own.
static inline int cps_free_loopback_port(void) {
    int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    int port = -1;
    if (bind(descriptor, (struct sockaddr *)&address, length) == 0
        && getsockname(descriptor, (struct sockaddr *)&address, &length) == 0)
        port = ntohs(address.sin_port);
    close(descriptor);
    return port;
}
