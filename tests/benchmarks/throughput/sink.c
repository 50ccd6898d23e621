/* Takes mail by SMTP on the port of 127.0.0.1 that its first argument names, and drops it; for peers that pass mail on.
   A process a session, as many as the second argument says. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char hello[] = "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 100000000\r\n";
static const char last[] = "\r\n.\r\n";
static char held[1 << 17];

static int say(int peer, const char *text)
{
    return write(peer, text, strlen(text)) == (ssize_t)strlen(text);
}

static void session(int peer)
{
    size_t size = 0, used;
    int in_data = 0, one = 1;
    char *end;
    ssize_t more;

    if (!say(peer, "220 sink ESMTP\r\n")) return;
    for (;;) {
        const char *reply = "250 ok\r\n";
        used = 0;
        if (in_data) {
            end = memmem(held, size, last, 5);
            if (end) {
                used = end + 5 - held;
                in_data = 0;
            } else if (size > 4) {
                memmove(held, held + size - 4, 4);
                size = 4;
            }
        } else if ((end = memchr(held, '\n', size))) {
            used = end + 1 - held;
            if (!strncasecmp(held, "QUIT", 4)) {
                say(peer, "221 bye\r\n");
                return;
            }
            if (!strncasecmp(held, "EHLO", 4)) reply = hello;
            if (!strncasecmp(held, "DATA", 4)) {
                reply = "354 go\r\n";
                in_data = 1;
                used -= 2; /* the line end in front of a dot that comes first */
            }
        }
        if (used) {
            memmove(held, held + used, size - used);
            size -= used;
            if (!say(peer, reply)) return;
            continue;
        }
        more = read(peer, held + size, sizeof held - size);
        if (more <= 0) return;
        size += more;
        setsockopt(peer, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof one);
    }
}

int main(int count, char **given)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listening = socket(AF_INET, SOCK_STREAM, 0), one = 1, number;

    if (count != 3) return 2;
    here.sin_port = htons(atoi(given[1]));
    signal(SIGPIPE, SIG_IGN);
    setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(listening, (struct sockaddr *)&here, sizeof here) || listen(listening, 128)) return 1;
    for (number = atoi(given[2]); number > 0; number--) {
        if (fork()) continue;
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        for (;;) {
            int peer = accept(listening, NULL, NULL);
            if (peer < 0) continue;
            setsockopt(peer, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
            session(peer);
            close(peer);
        }
    }
    pause();
    return 0;
}
