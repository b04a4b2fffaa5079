#include <spawn.h>

// No core dump of this process, and no look into its memory or environment for others of its user: tokens, keys and
// passwords are there. Its standard streams are seen to before its first line runs: see process.c.
void process_keep_secrets(void);
// pipe(2), whose ends a program that is started does not get.
int process_pipe(int ends[2]);
// A program that is started gets none of our files from the number `first` on.
int process_closes(posix_spawn_file_actions_t *actions, int first);
// The environment, `NAME=value` each and NULL behind the last: Swift does not let its name be used.
char **process_environment(void);
