/* A wall clock that a test moves. CLOCKSHIFT_FILE holds three numbers: seconds that are added, the instant (in seconds) at which the
 * clock stands still or 0, and in thousandths how fast it goes. Every other clock stays as it is. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct timespec start;

static int read_clock(clockid_t clock, struct timespec *time) {
    return (int)syscall(SYS_clock_gettime, clock, time);
}

__attribute__((constructor)) static void note_start(void) {
    read_clock(CLOCK_REALTIME, &start);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int outcome = read_clock(clock, time);
    const char *file = getenv("CLOCKSHIFT_FILE");
    if (outcome != 0 || clock != CLOCK_REALTIME || file == NULL) {
        return outcome;
    }
    char text[128] = {0};
    int opened = open(file, O_RDONLY | O_CLOEXEC);
    if (opened < 0) {
        return outcome;
    }
    ssize_t length = read(opened, text, sizeof text - 1);
    close(opened);
    long long added = 0, stands = 0, speed = 1000;
    if (length <= 0 || sscanf(text, "%lld %lld %lld", &added, &stands, &speed) != 3) {
        return outcome;
    }
    if (stands != 0) {
        time->tv_sec = stands;
        time->tv_nsec = 0;
        return outcome;
    }
    long long passed = (time->tv_sec - start.tv_sec) * 1000000000LL + time->tv_nsec - start.tv_nsec;
    long long now = start.tv_nsec + passed / 1000 * speed;
    time->tv_sec = start.tv_sec + added + now / 1000000000LL;
    time->tv_nsec = now % 1000000000LL;
    return outcome;
}
