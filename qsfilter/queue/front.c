/* The front: takes the place of qmail-queue, asks the service about the message, and becomes the queue program.

Guarantees: exit code 0 only from the queue program, or where the service says so in a whole answer; whatever else
happens is a temporary failure with one log line. What is queued is the service's header lines and the received bytes
behind them; the envelope is the received one, at most with recipients left out. The files have no name, so nothing is
left behind, however we end. Every wait and every length is bounded. The queue program gets signals, timers, limits,
mask, directory and descriptors as they came: none is changed before. Memory does not grow with the message.

`qsfilter build-front` writes front_settings.h, which says: QUEUE, FALLBACK (program and arguments, each with a comma
behind it), SOCKET, SECONDS, ENVELOPE_BYTES, IDLE_SECONDS, WHOLE_SECONDS, IN_MEMORY, REPLY_CODE, REPLY_DESCRIPTOR,
REPLY_LONGEST, REPLY_FROM_ENVIRONMENT, and SETTINGS, which is all of it as text. */

#define _GNU_SOURCE /* memfd_create, O_TMPFILE */
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "front_settings.h"

#define PROTOCOL 1
#define COUNT(array) (sizeof(array) / sizeof *(array))
#define TEXT_OF(macro) TEXT(macro)
#define TEXT(argument) #argument

enum {
    FIRST_OWN = 10,         /* above every number on which a dialect looks for its pipe */
    ROOM = 1 << 16,         /* in front of the message, for header lines */
    STEP = 1 << 18,         /* of reading a message */
    ENVELOPE_STEP = 1 << 16,
    LONGEST_RECORD = 1003,  /* a letter and an address; qmail-queue refuses an address of 1003 bytes with 11 */
    LONGEST_VALUE = 1024,   /* of a variable that is told to the service */
    LONGEST_TEXT = 1024,
    LONGEST_LINES = 1 << 24,
    CALLER_MS = 2000,       /* so often a long wait looks whether somebody waits for us */
    SHORTEST_TEXT = 2       /* without its letter; qmail.c takes a shorter one for none */
};
enum { TOO_LONG = 11, REJECT = 31, MEMORY = 51, TIMEOUT = 52, WRITE = 53, READ = 54, DEFER = 71, BUG = 81,
       MALFORMED = 91, CANT_START = 120 };

static const char *const queue_program[] = {QUEUE NULL};
static const char *const fallback_program[] = {FALLBACK NULL};
static const char *const told[] = {"TCPREMOTEIP", "TCPREMOTEHOST", "TCPREMOTEINFO", "RELAYCLIENT", "QS_SPAMASSASSIN",
                                   "BMC_WHITELIST", "SA_SKIP_MD"};
static const char *const removed[] = {"IFS", "CDPATH", "ENV", "BASH_ENV", "QMAILMFTFILE", "QMAILINJECT", "QMAILQUEUE"};

/* A file of our own, without a name: in memory while small, then on disk. Its content begins behind `room`. */
struct file { int fd; int on_disk; off_t room; off_t size; };

struct answer { unsigned deed; int code; size_t text, lines, envelope; off_t offset; };

extern char **environ;
static char buffer[STEP];
static int log_to = 2;    /* -1 where a line would be taken for a text */
static int text_to = -1;  /* a pipe or socket that our caller gave us */
static rlim_t longest_file;
static pid_t caller;

/* --- how it ends -------------------------------------------------------------------------------------------------- */

/* Write one log line; SIGPIPE may be ignored now, because whoever logs ends. */
static void log_failure(int code, const char *why, const char *what)
{
    char digits[3] = {(char)('0' + code / 100), (char)('0' + code / 10 % 10), (char)('0' + code % 10)};
    size_t skip = code < 100 ? 1 : 0;
    const char *pieces[] = {"qsfilter: exit=", NULL, " error=", why, what ? ": " : "", what ? what : "", "\n"};
    struct iovec line[COUNT(pieces)];
    for (size_t i = 0; i < COUNT(pieces); i++) {
        line[i].iov_base = i == 1 ? digits + skip : (char *)(uintptr_t)pieces[i];
        line[i].iov_len = i == 1 ? 3 - skip : strlen(pieces[i]);
    }
    signal(SIGPIPE, SIG_IGN);
    if (log_to >= 0 && writev(log_to, line, COUNT(pieces)) < 0)
        return; /* a log that can't be written changes nothing */
}

__attribute__((noreturn)) static void fail(int code, const char *why)
{
    log_failure(code, why, NULL);
    _exit(code);
}

/* As `fail`, with what errno says. */
__attribute__((noreturn)) static void fail_errno(int code, const char *why)
{
    int number = errno == ENOMEM && code == WRITE ? MEMORY : code;
    log_failure(number, why, strerror(errno));
    _exit(number);
}

/* End with `code`, and tell the caller `text` where the dialect takes one; other codes speak for themselves. */
__attribute__((noreturn)) static void answer_caller(int code, const char *text, size_t size)
{
    char line[1 + LONGEST_TEXT];
    if ((code != REJECT && code != DEFER) || size < SHORTEST_TEXT || size > LONGEST_TEXT || text_to < 0)
        _exit(code);
    line[0] = code == REJECT ? 'D' : 'Z';
    for (size_t i = 0; i < size; i++)
        line[1 + i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
    size = size + 1 < REPLY_LONGEST ? size + 1 : REPLY_LONGEST;
    signal(SIGPIPE, SIG_IGN); /* nothing is started any more */
    _exit(write(text_to, line, size) == (ssize_t)size ? REPLY_CODE : code);
}

/* Put the mail off with a text for whoever sends it. */
__attribute__((noreturn)) static void put_off(const char *text)
{
    log_failure(DEFER, text, NULL);
    answer_caller(DEFER, text, strlen(text));
}

/* --- the caller --------------------------------------------------------------------------------------------------- */

/* Find where a text goes, before any descriptor is ours: only to one that our caller gave us. */
static void find_outputs(void)
{
    struct stat status;
    const char *named = REPLY_FROM_ENVIRONMENT ? getenv("ERROR_FD") : NULL;
    const char *digits = named && *named == '-' ? named + 1 : named;
    int number = REPLY_DESCRIPTOR;
    if (named && *digits && !digits[strspn(digits, "0123456789")])
        number = digits == named && strlen(named) < 6 ? atoi(named) : -1;
    if (number == 2)
        log_to = -1;
    if (number >= 2 && fstat(number, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode)))
        text_to = number;
}

static void require_caller(void)
{
    if (getppid() != caller)
        fail(DEFER, "the caller is gone; nothing is queued");
}

/* Refuse to become the file that this process runs, which would go on for ever. */
static void refuse_ourselves(const char *program)
{
    struct stat own, other;
    if (stat("/proc/self/exe", &own) == 0 && stat(program, &other) == 0 /* else starting it says what is wrong */
        && own.st_dev == other.st_dev && own.st_ino == other.st_ino)
        fail(BUG, "the queue program is this filter itself; mail would go round for ever");
}

/* --- waiting ------------------------------------------------------------------------------------------------------ */

/* Milliseconds on a clock that nobody sets. */
static int64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Wait until `fd` is ready for `events`; return 0 where it is not by `until`. */
static int ready(int fd, short events, int64_t until)
{
    struct pollfd one = {fd, events, 0};
    for (;;) {
        int64_t left = until - now();
        if (left <= 0)
            return 0;
        int found = poll(&one, 1, left < CALLER_MS ? (int)left : CALLER_MS);
        if (found > 0)
            return 1;
        require_caller();
        if (found < 0 && errno != EINTR)
            fail_errno(DEFER, "can't wait");
    }
}

/* Read at most `size` bytes, 0 at the end, from what our caller gave us as descriptor 0 or 1. */
static size_t read_caller(int fd, size_t size, int64_t whole)
{
    for (;;) {
        int64_t idle = now() + IDLE_SECONDS * (int64_t)1000;
        if (!ready(fd, POLLIN, idle < whole ? idle : whole))
            fail(TIMEOUT, "the sender was silent, or did not come to an end, for too long");
        ssize_t got = read(fd, buffer, size);
        if (got >= 0)
            return (size_t)got;
        if (errno != EINTR && errno != EAGAIN)
            fail_errno(READ, fd ? "can't read descriptor 1" : "can't read descriptor 0");
    }
}

/* --- files -------------------------------------------------------------------------------------------------------- */

/* Return `fd` under a number of our own, so that none is taken for 0, 1, 2 or the caller's. */
static int own(int fd, int code, const char *why)
{
    int above = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, FIRST_OWN);
    if (above < 0)
        fail_errno(code, why);
    close(fd);
    return above;
}

static void open_file(struct file *file, off_t room)
{
    file->fd = own(memfd_create("qsfilter", MFD_CLOEXEC), WRITE, "can't make a temporary file");
    file->on_disk = 0;
    file->room = room;
    file->size = 0;
    /* A new one is open to everybody, and the service could open it again for writing. */
    if (fchmod(file->fd, 0600) < 0)
        fail_errno(WRITE, "can't make a temporary file");
}

/* Write `size` bytes at `at`. Past the caller's limit that is an error here; the kernel would send SIGXFSZ. */
static void write_at(int fd, const char *from, size_t size, off_t at)
{
    while (size) {
        errno = EFBIG;
        ssize_t done = (rlim_t)at + size > longest_file ? -1 : pwrite(fd, from, size, at);
        if (done > 0) {
            from += done;
            size -= (size_t)done;
            at += done;
        } else if (errno != EINTR)
            fail_errno(WRITE, "can't write a temporary file");
    }
}

/* Read at most `size` bytes at `at` into the buffer; a file of ours that ends early is not ours any more. */
static size_t read_at(int fd, size_t size, off_t at)
{
    for (;;) {
        ssize_t got = pread(fd, buffer, size < STEP ? size : STEP, at);
        if (got > 0)
            return (size_t)got;
        if (got == 0)
            fail(READ, "a temporary file lost its end");
        if (errno != EINTR)
            fail_errno(READ, "can't read a temporary file");
    }
}

static void move_to_disk(struct file *file)
{
    const char *named = getenv("TMPDIR");
    int fd = own(open(named && *named ? named : "/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), WRITE,
                 "can't make a temporary file on disk");
    for (off_t at = file->room, end = file->room + file->size; at < end;) {
        size_t got = read_at(file->fd, (size_t)(end - at), at);
        write_at(fd, buffer, got, at);
        at += (off_t)got;
    }
    close(file->fd);
    file->fd = fd;
    file->on_disk = 1;
}

/* Write `size` bytes behind what is there; `from` is lost where it is the buffer. */
static void append(struct file *file, const char *from, size_t size)
{
    write_at(file->fd, from, size, file->room + file->size);
    file->size += (off_t)size;
    if (!file->on_disk && file->size > IN_MEMORY)
        move_to_disk(file);
}

/* --- message and envelope ----------------------------------------------------------------------------------------- */

static void read_message(struct file *message)
{
    int64_t whole = now() + WHOLE_SECONDS * (int64_t)1000;
    for (size_t got; (got = read_caller(0, STEP, whole)) > 0;)
        append(message, buffer, got);
    if (!message->size)
        write_at(message->fd, "", 1, message->room - 1); /* so that the file reaches to where the message begins */
}

/* Read up to the envelope's last NUL: `F` sender NUL, `T` recipient NUL for each, and one NUL more. */
static void read_envelope(struct file *envelope)
{
    int64_t whole = now() + WHOLE_SECONDS * (int64_t)1000;
    int64_t seen = 0;
    size_t length = 0; /* of the record in hand */
    char letter = 'F';
    for (;;) {
        size_t got = read_caller(1, ENVELOPE_STEP, whole);
        if (!got)
            fail(READ, "the envelope ends before its last NUL; the client gave up");
        seen += (int64_t)got;
        if (seen > ENVELOPE_BYTES + (int64_t)ENVELOPE_STEP)
            fail(MEMORY, "the envelope is too long");
        for (size_t i = 0; i < got; i++) {
            if (!length && letter == 'T' && !buffer[i]) {
                append(envelope, buffer, i + 1);
                return;
            }
            if (!length && buffer[i] != letter)
                fail(MALFORMED, "the envelope is malformed: a record begins with neither F nor T");
            if (!buffer[i]) {
                length = 0;
                letter = 'T';
            } else if (++length > LONGEST_RECORD)
                fail(TOO_LONG, "an address has 1003 bytes or more");
        }
        append(envelope, buffer, got);
    }
}

/* Whether `new` is `had` with some recipients left out, but not all; both end in NUL. */
static int only_fewer(const char *had, size_t had_size, const char *new, size_t new_size)
{
    const char *had_end = had + had_size, *new_end = new + new_size;
    size_t records = 0;
    for (; new < new_end; new += strlen(new) + 1, records++) {
        while (had < had_end && strcmp(had, new)) {
            if (!records)
                return 0; /* another sender */
            had += strlen(had) + 1;
        }
        if (had == had_end)
            return 0; /* somebody who is no recipient, or not in this place */
        had += strlen(had) + 1;
    }
    return had == had_end && records > 2;
}

/* --- the service -------------------------------------------------------------------------------------------------- */

static void big_endian(char *to, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        to[i] = (char)(number >> 8 * (size - 1 - i));
}

static uint64_t from_big_endian(const unsigned char *from, size_t size)
{
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | from[i];
    return number;
}

/* Return a connection to the service, or -1 where there is none. */
static int connected(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET};
    /* Not blocking: where the queue for connections is full, connect says so at once. */
    int fd = own(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), DEFER, "can't make a socket");
    if (connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    if (errno == EAGAIN)
        put_off("try again later: the filter is busy");
    if (errno != ENOENT && errno != ECONNREFUSED)
        fail_errno(DEFER, "can't reach the service");
    close(fd);
    return -1;
}

static size_t add_number(char *to, const char *name, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits, size = strlen(name);
    do {
        digits[--at] = (char)('0' + number % 10);
    } while (number /= 10);
    memcpy(to, name, size);
    memcpy(to + size, digits + at, sizeof digits - at);
    to[size + sizeof digits - at] = 0;
    return size + sizeof digits - at + 1;
}

/* Open a file of ours once more, for reading only. */
static int read_only(const struct file *file)
{
    char path[14 + 21];
    add_number(path, "/proc/self/fd/", (uint64_t)file->fd);
    return own(open(path, O_RDONLY | O_CLOEXEC), DEFER, "can't open a temporary file again; is /proc mounted");
}

/* Send the request: a head, then records; the two descriptors go with its first byte. */
static void ask(int service, const struct file *message, const struct file *envelope, int64_t until)
{
    char request[16 + 128 + COUNT(told) * (32 + LONGEST_VALUE)] = "qsfilter";
    size_t size = 16, sent = 0;
    size += add_number(request + size, "offset=", (uint64_t)message->room);
    size += add_number(request + size, "size=", (uint64_t)message->size);
    size += add_number(request + size, "envelope=", (uint64_t)envelope->size);
    for (size_t i = 0; i < COUNT(told); i++) {
        const char *value = getenv(told[i]);
        if (!value)
            continue;
        size_t name = strlen(told[i]), length = strnlen(value, LONGEST_VALUE);
        memcpy(request + size, "env.", 4);
        memcpy(request + size + 4, told[i], name);
        request[size + 4 + name] = '=';
        memcpy(request + size + 5 + name, value, length);
        size += 5 + name + length;
        request[size++] = 0;
    }
    big_endian(request + 8, PROTOCOL, 2);
    big_endian(request + 12, size - 16, 4);

    int files[2] = {read_only(message), read_only(envelope)};
    union { struct cmsghdr head; char room[CMSG_SPACE(sizeof files)]; } control = {.room = {0}};
    struct iovec data = {request, size};
    struct msghdr with_files = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control,
                                .msg_controllen = sizeof control};
    control.head.cmsg_level = SOL_SOCKET;
    control.head.cmsg_type = SCM_RIGHTS;
    control.head.cmsg_len = CMSG_LEN(sizeof files);
    memcpy(CMSG_DATA(&control.head), files, sizeof files);
    while (sent < size) {
        ssize_t done = sent ? send(service, request + sent, size - sent, MSG_NOSIGNAL)
                            : sendmsg(service, &with_files, MSG_NOSIGNAL);
        if (done > 0)
            sent += (size_t)done;
        else if (errno == EAGAIN && !ready(service, POLLOUT, until))
            fail(DEFER, "the service did not take the request in time");
        else if (errno != EAGAIN && errno != EINTR)
            fail_errno(DEFER, "the service went away");
    }
    close(files[0]);
    close(files[1]);
}

/* Read exactly `size` bytes of the answer. */
static void take(int service, void *into, size_t size, int64_t until)
{
    char *to = into;
    while (size) {
        if (!ready(service, POLLIN, until))
            fail(DEFER, "the service did not answer in time");
        ssize_t got = recv(service, to, size, 0);
        if (got == 0)
            fail(DEFER, "the service went away before its answer was whole");
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            fail_errno(DEFER, "the service went away");
        to += got > 0 ? got : 0;
        size -= got > 0 ? (size_t)got : 0;
    }
}

/* Read the head of the answer and hold every number against what was sent. */
static struct answer take_head(int service, const struct file *message, const struct file *envelope, int64_t until)
{
    unsigned char head[32];
    struct answer answer;
    take(service, head, sizeof head, until);
    uint64_t lines = from_big_endian(head + 16, 4), new = from_big_endian(head + 20, 4);
    uint64_t text = from_big_endian(head + 12, 4), offset = from_big_endian(head + 24, 8);
    if (memcmp(head, "qsfilter", 8))
        fail(DEFER, "what listens on the service's socket is no qsfilter");
    if (from_big_endian(head + 8, 2) != PROTOCOL)
        fail(DEFER, "the service is of another version; build the front anew");
    answer.deed = head[10];
    answer.code = head[11];
    int ends = answer.deed == 0 && text <= LONGEST_TEXT && !lines && !new && !offset;
    int queues = answer.deed == 1 && !answer.code && !text && lines <= LONGEST_LINES && new <= (uint64_t)envelope->size;
    if ((!ends && !queues) || offset > (uint64_t)message->size)
        fail(DEFER, "the service's answer makes no sense");
    answer.text = (size_t)text;
    answer.lines = (size_t)lines;
    answer.envelope = (size_t)new;
    answer.offset = (off_t)offset;
    return answer;
}

/* Put the answer's lines in front of the message from `offset` on; return the file, at where the mail begins. */
static int take_lines(int service, const struct file *message, const struct answer *answer, int64_t until)
{
    struct file anew;
    size_t left = answer->lines;
    off_t start = message->room + answer->offset - (off_t)left;
    if (start < 0)
        open_file(&anew, 0); /* they outgrow the room */
    for (off_t at = start; left;) {
        size_t step = left < STEP ? left : STEP;
        take(service, buffer, step, until);
        if (start < 0)
            append(&anew, buffer, step);
        else
            write_at(message->fd, buffer, step, at);
        at += (off_t)step;
        left -= step;
    }
    if (start >= 0)
        return lseek(message->fd, start, SEEK_SET) < 0 ? -1 : message->fd;
    for (off_t at = message->room + answer->offset, end = message->room + message->size; at < end;) {
        size_t got = read_at(message->fd, (size_t)(end - at), at);
        append(&anew, buffer, got);
        at += (off_t)got;
    }
    return anew.fd; /* nothing has moved its position */
}

/* Take the new envelope, which may leave out recipients and nothing else; return a file of it, at its start. */
static int take_envelope(int service, const struct file *envelope, size_t size, int64_t until)
{
    struct file anew;
    char *new = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *had = mmap(NULL, (size_t)envelope->size, PROT_READ, MAP_PRIVATE, envelope->fd, 0);
    if (new == MAP_FAILED || had == MAP_FAILED)
        fail_errno(MEMORY, "no memory for the new envelope");
    take(service, new, size, until);
    if (new[size - 1] || !only_fewer(had, (size_t)envelope->size, new, size))
        fail(DEFER, "the service's answer makes no sense: it has an envelope of its own");
    open_file(&anew, 0);
    append(&anew, new, size);
    return anew.fd;
}

/* --- what it becomes ---------------------------------------------------------------------------------------------- */

/* Take from the environment what misleads a queue program, or is ours. */
static void clean_environment(void)
{
    char **to = environ;
    for (char **entry = environ; *entry; entry++) {
        size_t name = strcspn(*entry, "=");
        int drop = strncmp(*entry, "QSFILTER_", 9) == 0;
        for (size_t i = 0; i < COUNT(removed); i++)
            drop |= strlen(removed[i]) == name && memcmp(*entry, removed[i], name) == 0;
        if (!drop)
            *to++ = *entry;
    }
    *to = NULL;
}

/* Become `program` with message and envelope on descriptors 0 and 1; all else of ours is close-on-exec. */
__attribute__((noreturn)) static void become(const char *const *program, int message, int envelope)
{
    if (message < 0 || dup2(message, 0) < 0 || dup2(envelope, 1) < 0)
        fail_errno(WRITE, "can't hand over the temporary files");
    execve(program[0], (char *const *)(uintptr_t)program, environ);
    log_failure(CANT_START, program[0], strerror(errno));
    _exit(CANT_START);
}

/* Nobody listens: let the Python wrapper examine the files as they came, or put the mail off. */
__attribute__((noreturn)) static void fall_back(const struct file *message, const struct file *envelope)
{
    if (!fallback_program[0])
        put_off("try again later: the filter is not running");
    refuse_ourselves(fallback_program[0]);
    become(fallback_program, lseek(message->fd, message->room, SEEK_SET) < 0 ? -1 : message->fd, envelope->fd);
}

int main(int argc, char **argv)
{
    struct stat status;
    struct rlimit limit;
    struct file message, envelope;
    static const char settings[] = "protocol=" TEXT_OF(PROTOCOL) "\n" SETTINGS;
    if (argc > 1) /* nobody calls qmail-queue with arguments */
        _exit(argc == 2 && !strcmp(argv[1], "--settings")
              && write(1, settings, sizeof settings - 1) == (ssize_t)sizeof settings - 1 ? 0 : 100);
    caller = getppid();
    find_outputs();
    if (fstat(0, &status) < 0 || fstat(1, &status) < 0) /* the envelope, too, before a long message is read */
        fail(READ, "descriptor 0 or 1 is closed");
    longest_file = getrlimit(RLIMIT_FSIZE, &limit) < 0 ? RLIM_INFINITY : limit.rlim_cur;
    open_file(&message, ROOM);
    read_message(&message);
    open_file(&envelope, 0);
    read_envelope(&envelope);
    int64_t until = now() + (int64_t)(SECONDS * 1000);
    refuse_ourselves(queue_program[0]);
    require_caller();
    int service = connected();
    if (service < 0)
        fall_back(&message, &envelope);
    ask(service, &message, &envelope, until);
    struct answer answer = take_head(service, &message, &envelope, until);
    if (answer.deed == 0) {
        take(service, buffer, answer.text, until);
        answer_caller(answer.code, buffer, answer.text);
    }
    int mail = take_lines(service, &message, &answer, until);
    int to = answer.envelope ? take_envelope(service, &envelope, answer.envelope, until) : envelope.fd;
    clean_environment();
    require_caller();
    become(queue_program, mail, to);
}
