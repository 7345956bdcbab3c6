/*
 * powerloss: an LD_PRELOAD library that remembers what a disk would still hold if the power failed at this moment.
 *
 * Use: cc -shared -fPIC -O2 -pthread -o powerloss.so powerloss.c
 *      LD_PRELOAD=powerloss.so POWERLOSS_DIR=<data directory> POWERLOSS_SHADOW=<empty directory> program…
 * Then kill the program with SIGKILL at any moment, and build the image to restart from out of POWERLOSS_SHADOW.
 *
 * The model, as strict as POSIX allows a disk to be:
 *   - A file's bytes, length and mode become durable when fsync or fdatasync of that file returns. sync_file_range, O_SYNC, sync and
 *     syncfs make nothing durable here: a program that relies on them loses more than it would on a real disk.
 *   - A name (creation, unlink, rename, mkdir) becomes durable when fsync of the directory that holds it returns. Syncing a file
 *     does not keep its name.
 *   - An fsync that has not returned may have kept any part of what it was to keep, as on a real disk.
 *
 * The shadow:
 *   names          one line for each durable name: "<directory> <kind> <inode> <name>". Directories are named by inode, the watched
 *                  one by 0; the kind is f for files and d for directories. Replaced by rename, so it is always whole.
 *   files/<inode>  the durable bytes of a file. Absent if it was never synced, which means: empty.
 *
 * Rules that keep it right:
 *   - One lock is held over every change of a watched file together with its note, and over every sync.
 *   - Every file that was ever seen is kept open, so that no inode is used twice while the program runs. These descriptors are never
 *     closed: closing any descriptor of a file would drop the fcntl locks that SQLite holds on it.
 *   - Only what goes through the C library's functions below is seen: no stdio, no io_uring, no raw system calls. A shared mapping
 *     for writing would pass unseen, so it ends the program.
 *   - SQLite's *-shm files never count: after power loss they are rebuilt.
 *   - One process. A second one that finds the shadow in use ends itself.
 */
#define _GNU_SOURCE
#include "shadow.h"

#include <stdarg.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/uio.h>

/* ---- between the program and the C library ---- */

/* Answers the watched file behind a descriptor, with the lock held; NULL, without it, if it is none. */
static struct seen *enter(int descriptor)
{
    struct stat status;
    if (!active || fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) return NULL;
    pthread_mutex_lock(&lock);
    struct seen *file = find(&status);
    if (!file) pthread_mutex_unlock(&lock);
    return file;
}

static void leave(struct seen *file)
{
    int before = errno;
    if (file) pthread_mutex_unlock(&lock);
    errno = before;
}

/* For writes at the descriptor's own place, which they have moved on. */
static void note_written_here(struct seen *file, int descriptor, ssize_t count)
{
    if (file && count > 0) note_change(file, lseek64(descriptor, 0, SEEK_CUR) - count, count);
}

static int opened(int descriptor, int flags)
{
    struct stat status;
    char path[PATH_MAX];
    int before = errno;
    if (!active || descriptor < 0) return descriptor;
    if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && path_of(descriptor, path) && is_watched(path)) {
        char again[64];
        snprintf(again, sizeof again, "/proc/self/fd/%d", descriptor);
        pthread_mutex_lock(&lock);
        struct seen *file = find(&status);
        if (!file) file = remember(&status, again);
        if (flags & O_TRUNC) note_length(file, 0);
        pthread_mutex_unlock(&lock);
    }
    errno = before;
    return descriptor;
}

/* The third argument of an open, which is there only if a file may be made. */
#define MODE(flags) \
    ({ \
        mode_t given = 0; \
        if (((flags) & O_CREAT) || ((flags) & O_TMPFILE) == O_TMPFILE) { \
            va_list rest; \
            va_start(rest, flags); \
            given = va_arg(rest, mode_t); \
            va_end(rest); \
        } \
        given; \
    })

#define OPEN(name) \
    int name(const char *path, int flags, ...) { return opened(REAL(name)(path, flags, MODE(flags)), flags); }
#define OPENAT(name) \
    int name(int at, const char *path, int flags, ...) { return opened(REAL(name)(at, path, flags, MODE(flags)), flags); }
#define CREAT(name) \
    int name(const char *path, mode_t mode) { return opened(REAL(name)(path, mode), O_TRUNC); }
#define CHECKED_OPEN(name) \
    int name(const char *path, int flags) { return opened(REAL(name)(path, flags), flags); }
#define CHECKED_OPENAT(name) \
    int name(int at, const char *path, int flags) { return opened(REAL(name)(at, path, flags), flags); }

/* What the C library calls when it was built to check its callers. */
int __open_2(const char *, int);
int __open64_2(const char *, int);
int __openat_2(int, const char *, int);
int __openat64_2(int, const char *, int);

OPEN(open)
OPEN(open64)
OPENAT(openat)
OPENAT(openat64)
CREAT(creat)
CREAT(creat64)
CHECKED_OPEN(__open_2)
CHECKED_OPEN(__open64_2)
CHECKED_OPENAT(__openat_2)
CHECKED_OPENAT(__openat64_2)

ssize_t write(int descriptor, const void *bytes, size_t count)
{
    struct seen *file = enter(descriptor);
    ssize_t written = REAL(write)(descriptor, bytes, count);
    note_written_here(file, descriptor, written);
    leave(file);
    return written;
}

ssize_t writev(int descriptor, const struct iovec *parts, int count)
{
    struct seen *file = enter(descriptor);
    ssize_t written = REAL(writev)(descriptor, parts, count);
    note_written_here(file, descriptor, written);
    leave(file);
    return written;
}

#define PWRITE(name, bytes_type, count_type) \
    ssize_t name(int descriptor, bytes_type bytes, count_type count, off64_t start) \
    { \
        struct seen *file = enter(descriptor); \
        ssize_t written = REAL(name)(descriptor, bytes, count, start); \
        if (file) note_change(file, start, written); \
        leave(file); \
        return written; \
    }

PWRITE(pwrite, const void *, size_t)
PWRITE(pwrite64, const void *, size_t)
PWRITE(pwritev, const struct iovec *, int)
PWRITE(pwritev64, const struct iovec *, int)

#define FTRUNCATE(name) \
    int name(int descriptor, off64_t length) \
    { \
        struct seen *file = enter(descriptor); \
        int result = REAL(name)(descriptor, length); \
        if (file && result == 0) note_length(file, length); \
        leave(file); \
        return result; \
    }

FTRUNCATE(ftruncate)
FTRUNCATE(ftruncate64)

#define TRUNCATE(name) \
    int name(const char *path, off64_t length) \
    { \
        struct stat status; \
        int result = REAL(name)(path, length); \
        if (!active || result != 0 || stat(path, &status) != 0) return result; \
        pthread_mutex_lock(&lock); \
        struct seen *file = find(&status); \
        if (file) note_length(file, length); \
        pthread_mutex_unlock(&lock); \
        return result; \
    }

TRUNCATE(truncate)
TRUNCATE(truncate64)

/* Rare ways to fill a file: all of it counts as changed. */
#define FILLING(type, name, descriptor, parameters, arguments) \
    type name parameters \
    { \
        struct seen *file = enter(descriptor); \
        type result = REAL(name) arguments; \
        if (file) note_all(file); \
        leave(file); \
        return result; \
    }

FILLING(int, fallocate, to, (int to, int mode, off_t start, off_t length), (to, mode, start, length))
FILLING(int, fallocate64, to, (int to, int mode, off64_t start, off64_t length), (to, mode, start, length))
FILLING(int, posix_fallocate, to, (int to, off_t start, off_t length), (to, start, length))
FILLING(int, posix_fallocate64, to, (int to, off64_t start, off64_t length), (to, start, length))
FILLING(ssize_t, sendfile, to, (int to, int from, off_t *start, size_t count), (to, from, start, count))
FILLING(ssize_t, sendfile64, to, (int to, int from, off64_t *start, size_t count), (to, from, start, count))
FILLING(ssize_t, copy_file_range, to, (int from, off64_t *from_start, int to, off64_t *start, size_t count, unsigned flags),
        (from, from_start, to, start, count, flags))

static void refuse_writable_mapping(int protection, int flags, int descriptor)
{
    struct seen *file = descriptor >= 0 && (protection & PROT_WRITE) && (flags & MAP_SHARED) ? enter(descriptor) : NULL;
    if (file) die("a watched file is mapped for writing, which cannot be seen");
}

#define MMAP(name) \
    void *name(void *place, size_t length, int protection, int flags, int descriptor, off64_t start) \
    { \
        refuse_writable_mapping(protection, flags, descriptor); \
        return REAL(name)(place, length, protection, flags, descriptor, start); \
    }

MMAP(mmap)
MMAP(mmap64)

/* The shadow is the disk: the real one need not be waited for. Answers whether the descriptor was of a watched file or directory. */
static int synced(int descriptor)
{
    struct stat status;
    char path[PATH_MAX];
    struct seen *file = enter(descriptor);
    if (file) {
        sync_file(file);
        leave(file);
        return 1;
    }
    if (!active || fstat(descriptor, &status) != 0 || !S_ISDIR(status.st_mode)) return 0;
    if (!path_of(descriptor, path) || !is_watched(path)) return 0;
    pthread_mutex_lock(&lock);
    sync_directory(&status, path, NULL);
    keep_names();
    pthread_mutex_unlock(&lock);
    return 1;
}

int fsync(int descriptor)
{
    return synced(descriptor) ? 0 : REAL(fsync)(descriptor);
}

int fdatasync(int descriptor)
{
    return synced(descriptor) ? 0 : REAL(fdatasync)(descriptor);
}
