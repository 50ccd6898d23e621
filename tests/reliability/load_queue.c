/* qmail-queue for tests under load: as strict as qsfilter.testing.queue_stand_in, and a hundred times as fast.

Reads the message to its end and then the envelope to its end, checks the envelope byte for byte, and exits 0 only after
both are on disk under their name. DIRECTORY is where: a file in tmp/ is fsynced, renamed into queue/, and the folder is
fsynced. The file says the envelope's size and a NUL, then envelope and message. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { STEP = 1 << 16, LONGEST_RECORD = 1003 };
enum { TOO_LONG = 11, MEMORY = 51, WRITE = 53, READ = 54, MALFORMED = 91 };

struct whole { char *data; size_t size; };

static struct whole read_all(int fd)
{
    struct whole found = {NULL, 0};
    size_t room = 0;
    for (;;) {
        if (room < found.size + STEP && !(found.data = realloc(found.data, room = 2 * found.size + STEP)))
            _exit(MEMORY);
        ssize_t got = read(fd, found.data + found.size, STEP);
        if (got < 0 && errno != EINTR)
            _exit(READ);
        if (got == 0)
            return found;
        found.size += got > 0 ? (size_t)got : 0;
    }
}

/* F sender NUL, T recipient NUL for each, and one NUL more. */
static int fault(struct whole envelope)
{
    size_t end = envelope.size - 1, length;
    int longest = 0;
    if (!envelope.size || *envelope.data != 'F')
        return MALFORMED;
    if (envelope.size < 2 || envelope.data[end] || envelope.data[end - 1])
        return READ;
    for (size_t at = 0; at < end; at += length + 1) {
        length = strlen(envelope.data + at);
        if (at && envelope.data[at] != 'T')
            return MALFORMED;
        longest |= length > LONGEST_RECORD;
    }
    return longest ? TOO_LONG : 0;
}

static void put(int fd, const char *from, size_t size)
{
    while (size) {
        ssize_t done = write(fd, from, size);
        if (done < 0 && errno != EINTR)
            _exit(WRITE);
        from += done > 0 ? done : 0;
        size -= done > 0 ? (size_t)done : 0;
    }
}

static void sync_or_fail(int fd)
{
    if (fd < 0 || fsync(fd) || close(fd))
        _exit(WRITE);
}

int main(void)
{
    struct whole message = read_all(0), envelope = read_all(1);
    char head[32], name[64];
    struct timespec now;
    int code = fault(envelope), folder, file;
    if (code)
        return code;
    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(name, sizeof name, "tmp/%lld.%09ld.%ld", (long long)now.tv_sec, now.tv_nsec, (long)getpid());
    if (chdir(DIRECTORY) || (file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) < 0)
        return WRITE;
    put(file, head, (size_t)snprintf(head, sizeof head, "%zu", envelope.size) + 1);
    put(file, envelope.data, envelope.size);
    put(file, message.data, message.size);
    sync_or_fail(file);
    folder = open("queue", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (renameat(AT_FDCWD, name, folder, name + 4))
        return WRITE;
    sync_or_fail(folder);
    return 0;
}
