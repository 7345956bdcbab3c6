/*
 * What powerloss.c has seen of a directory, and the shadow: what a disk would still hold of it. The model is described there.
 *
 * Rule: everything here is called with the lock held.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
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
