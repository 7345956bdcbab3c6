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
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* The C library's own function behind one of ours. */
#define REAL(name) \
    ({ \
        static __typeof__(&name) found; \
        if (!found) found = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
        found; \
    })

/* What changed is noted in blocks of this many bytes; what is copied besides is the same as before. */
enum { BLOCK = 4096, BLOCKS_AT_ONCE = 256 };

/* A file or directory that was seen. */
struct seen {
    dev_t device;
    ino_t inode;
    int descriptor;             /* for reading; never closed */
    int shadow;                 /* the durable bytes; -1 if there are none yet */
    off_t durable_size;
    off_t shortest;             /* the least length since the last sync */
    unsigned char *changed;     /* by block: whether it was written since the last sync */
    size_t blocks;              /* how many `changed` has room for */
    struct seen *next;
};

/* A durable name. */
struct entry {
    ino_t directory;
    char kind;
    ino_t inode;
    char name[NAME_MAX + 1];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int active;
static char watched[PATH_MAX], shadow[PATH_MAX];
static ino_t watched_inode;
static struct seen *all_seen;
static struct entry *entries;
static size_t entry_count, entry_room;

static void die(const char *what)
{
    fprintf(stderr, "powerloss: %s: %s\n", what, strerror(errno));
    abort();
}

/* ---- what was seen ---- */

static struct seen *find(const struct stat *status)
{
    for (struct seen *one = all_seen; one; one = one->next)
        if (one->inode == status->st_ino && one->device == status->st_dev) return one;
    return NULL;
}

static void note_change(struct seen *file, off_t start, off_t length)
{
    if (length <= 0) return;
    size_t end = (size_t)((start + length - 1) / BLOCK) + 1;
    if (end > file->blocks) {
        size_t room = end * 2;
        file->changed = realloc(file->changed, room);
        if (!file->changed) die("out of memory");
        memset(file->changed + file->blocks, 0, room - file->blocks);
        file->blocks = room;
    }
    memset(file->changed + start / BLOCK, 1, end - (size_t)(start / BLOCK));
}

static void note_length(struct seen *file, off_t length)
{
    if (length < file->shortest) file->shortest = length;
}

/* For changes whose place is not looked into. */
static void note_all(struct seen *file)
{
    struct stat status;
    if (fstat(file->descriptor, &status) == 0) note_change(file, 0, status.st_size);
}

/* Nothing of what is seen for the first time is durable yet. */
static struct seen *remember(const struct stat *status, const char *path)
{
    struct seen *one = calloc(1, sizeof *one);
    if (!one) die("out of memory");
    one->device = status->st_dev;
    one->inode = status->st_ino;
    one->shadow = -1;
    one->shortest = LLONG_MAX;
    one->descriptor = REAL(open64)(path, O_RDONLY | O_CLOEXEC);
    if (one->descriptor < 0) die(path);
    one->next = all_seen;
    all_seen = one;
    if (S_ISREG(status->st_mode)) note_all(one);
    return one;
}

static int is_shared_memory(const char *path)
{
    size_t length = strlen(path);
    return length >= 4 && strcmp(path + length - 4, "-shm") == 0;
}

/* Whether a path without links is the watched directory or in it. */
static int is_watched(const char *path)
{
    size_t length = strlen(watched);
    return strncmp(path, watched, length) == 0 && (path[length] == '/' || path[length] == 0) && !is_shared_memory(path);
}

static int path_of(int descriptor, char path[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return 1;
}

/* ---- what is durable ---- */

static void keep_names(void)
{
    char path[PATH_MAX + 16], next[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/names", shadow);
    snprintf(next, sizeof next, "%s/names.next", shadow);
    FILE *list = fopen(next, "we");
    if (!list) die(next);
    for (size_t i = 0; i < entry_count; i++) {
        struct entry *entry = &entries[i];
        unsigned long directory = entry->directory == watched_inode ? 0 : entry->directory;
        fprintf(list, "%lu %c %lu %s\n", directory, entry->kind, (unsigned long)entry->inode, entry->name);
    }
    if (fclose(list) != 0 || rename(next, path) != 0) die(path);
}

static void forget_names_in(ino_t directory)
{
    size_t kept = 0;
    for (size_t i = 0; i < entry_count; i++)
        if (entries[i].directory != directory) entries[kept++] = entries[i];
    entry_count = kept;
}

static void add_name(ino_t directory, const struct stat *status, const char *name)
{
    if (entry_count == entry_room) {
        entry_room = entry_room * 2 + 16;
        entries = realloc(entries, entry_room * sizeof *entries);
        if (!entries) die("out of memory");
    }
    struct entry *entry = &entries[entry_count++];
    entry->directory = directory;
    entry->kind = S_ISDIR(status->st_mode) ? 'd' : 'f';
    entry->inode = status->st_ino;
    snprintf(entry->name, sizeof entry->name, "%s", name);
}

/* Replaces a directory's durable names by those that it has, and calls `each`, if there is one, with every path. */
static void sync_directory(const struct stat *directory, const char *path, void (*each)(const struct stat *, const char *))
{
    DIR *listing = opendir(path);
    if (!listing) die(path);
    forget_names_in(directory->st_ino);
    for (struct dirent *one; (one = readdir(listing));) {
        char below[PATH_MAX + NAME_MAX + 2];
        struct stat status;
        if (strcmp(one->d_name, ".") == 0 || strcmp(one->d_name, "..") == 0 || is_shared_memory(one->d_name)) continue;
        snprintf(below, sizeof below, "%s/%s", path, one->d_name);
        if (lstat(below, &status) != 0 || !(S_ISREG(status.st_mode) || S_ISDIR(status.st_mode))) continue;
        if (!find(&status)) remember(&status, below);
        add_name(directory->st_ino, &status, one->d_name);
        if (each) each(&status, below);
    }
    closedir(listing);
}

static void open_shadow(struct seen *file)
{
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s/files/%lu", shadow, (unsigned long)file->inode);
    file->shadow = REAL(open64)(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (file->shadow < 0) die(path);
}

static void copy(struct seen *file, off_t start, size_t length)
{
    static char bytes[BLOCK * BLOCKS_AT_ONCE];
    ssize_t count = pread64(file->descriptor, bytes, length, start);
    if (count < 0 || REAL(pwrite64)(file->shadow, bytes, (size_t)count, start) != count) die("a shadow file");
}

/* First the cut, then the bytes, then the length: whatever of it is done when the program is killed, a disk could have done. */
static void sync_file(struct seen *file)
{
    struct stat status;
    if (fstat(file->descriptor, &status) != 0) die("a watched file");
    if (file->shadow < 0) open_shadow(file);
    if (file->shortest < file->durable_size && REAL(ftruncate64)(file->shadow, file->shortest) != 0) die("a shadow file");
    for (size_t first = 0; first < file->blocks;) {
        if (!file->changed[first]) {
            first++;
            continue;
        }
        size_t end = first;
        while (end < file->blocks && end < first + BLOCKS_AT_ONCE && file->changed[end]) file->changed[end++] = 0;
        copy(file, (off_t)first * BLOCK, (end - first) * BLOCK);
        first = end;
    }
    if (REAL(ftruncate64)(file->shadow, status.st_size) != 0) die("a shadow file");
    if (fchmod(file->shadow, status.st_mode & 07777) != 0) die("a shadow file");
    file->durable_size = status.st_size;
    file->shortest = LLONG_MAX;
}

/* ---- the start: what is there when the program starts, the disk holds ---- */

static void start_from(const struct stat *status, const char *path)
{
    if (S_ISDIR(status->st_mode)) sync_directory(status, path, start_from);
    else sync_file(find(status));
}

__attribute__((constructor)) static void start(void)
{
    const char *directory = getenv("POWERLOSS_DIR"), *image = getenv("POWERLOSS_SHADOW");
    char path[PATH_MAX + 16];
    struct stat status;
    if (!directory || !image) return;
    if (!realpath(directory, watched) || stat(watched, &status) != 0) die(directory);
    if (!realpath(image, shadow)) die(image);
    if (is_watched(shadow)) die("the shadow is in the watched directory");
    snprintf(path, sizeof path, "%s/files", shadow);
    if (mkdir(path, 0700) != 0) die("the shadow is in use");
    watched_inode = status.st_ino;
    remember(&status, watched);
    sync_directory(&status, watched, start_from);
    keep_names();
    active = 1;
}

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
