/*
 * diskfull: an LD_PRELOAD library under which a directory's disk has only so much room.
 *
 * Use: cc -shared -fPIC -O2 -pthread -o diskfull.so diskfull.c
 *      LD_PRELOAD=diskfull.so DISKFULL_DIR=<directory> DISKFULL_ROOM=<file outside of it> program…
 *
 * The model:
 *   - The length of the file DISKFULL_ROOM is how many bytes of room are left. Without the file there is room for everything. It may
 *     be made, cut and removed at any time, from outside.
 *   - A write below the directory that makes its file longer takes room. If there is less than it needs, it writes what fits, as the
 *     kernel does; if nothing fits, it fails with ENOSPC. Writing over what is there always works.
 *   - Files do not give room back.
 *   - Only pwrite and write are seen, which is what SQLite on Linux calls.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The C library's own function behind one of ours. */
#define REAL(name) \
    ({ \
        static __typeof__(&name) found; \
        if (!found) found = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
        found; \
    })

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int is_watched(int descriptor)
{
    const char *directory = getenv("DISKFULL_DIR");
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (!directory || length < 0) return 0;
    path[length] = 0;
    size_t prefix = strlen(directory);
    return strncmp(path, directory, prefix) == 0 && path[prefix] == '/';
}

/* How many of the bytes fit. Takes the room they need. */
static size_t fitting(int descriptor, size_t count, off_t place)
{
    const char *room = getenv("DISKFULL_ROOM");
    struct stat file, left;
    if (!room || fstat(descriptor, &file) || !S_ISREG(file.st_mode) || !is_watched(descriptor)) return count;
    pthread_mutex_lock(&lock);
    off_t grows = place + (off_t)count - file.st_size;
    if (grows > 0 && stat(room, &left) == 0) {
        off_t taken = grows < left.st_size ? grows : left.st_size;
        if (grows - taken >= (off_t)count) count = 0;
        else count -= (size_t)(grows - taken);
        if (truncate(room, left.st_size - taken)) abort();
    }
    pthread_mutex_unlock(&lock);
    return count;
}

static ssize_t full(void)
{
    errno = ENOSPC;
    return -1;
}

ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t place)
{
    size_t fits = fitting(descriptor, count, place);
    return count && !fits ? full() : REAL(pwrite)(descriptor, bytes, fits, place);
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t place)
{
    size_t fits = fitting(descriptor, count, place);
    return count && !fits ? full() : REAL(pwrite64)(descriptor, bytes, fits, place);
}

ssize_t write(int descriptor, const void *bytes, size_t count)
{
    off_t place = lseek(descriptor, 0, SEEK_CUR);
    size_t fits = place < 0 ? count : fitting(descriptor, count, place);
    return count && !fits ? full() : REAL(write)(descriptor, bytes, fits);
}
