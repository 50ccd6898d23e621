/* Stands in for qmail-queue: reads descriptor 0 into a file, then the envelope from descriptor 1, and queues nothing.
   Its argument is the folder for the file. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char piece[1 << 16];

int main(int count, char **given)
{
    char path[4096];
    ssize_t size;
    size_t length = 0;
    int file;

    if (count != 2 || snprintf(path, sizeof path, "%s/%d", given[1], (int)getpid()) >= (int)sizeof path) return 120;
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (file < 0) return 53;
    unlink(path);
    while ((size = read(0, piece, sizeof piece)) > 0)
        if (write(file, piece, size) != size) return 53;
    if (size < 0) return 54;
    while (length < sizeof piece && (size = read(1, piece + length, sizeof piece - length)) > 0) length += size;
    return length < 4 || piece[0] != 'F' || piece[length - 1] || piece[length - 2] ? 91 : 0;
}
