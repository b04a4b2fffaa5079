#define _GNU_SOURCE
#include "CProcess.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

// A standard stream that is closed gets a file of no use, or else the next file or connection would be
// opened in its place, and what is printed would land there. Writing to it still fails, as it should.
// In C, because Swift's runtime opens files of its own before the first line of a program runs.
__attribute__((constructor)) static void keep_places(void) {
    static const int useless[] = {[STDIN_FILENO] = O_WRONLY, [STDOUT_FILENO] = O_RDONLY, [STDERR_FILENO] = O_RDONLY};
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++) {
        // The lowest free number is this one: those below it are taken by now.
        if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", useless[stream]) < 0) return;
    }
}

void process_keep_secrets(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int process_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int process_closes(posix_spawn_file_actions_t *actions, int first) {
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

char **process_environment(void) { return environ; }
