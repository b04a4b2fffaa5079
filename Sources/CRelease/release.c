#include "CRelease.h"

// In a section of its own: scripts/build-packages writes the commit into the finished program, so that no commit
// makes anything be built anew.
__attribute__((section(".cruddur_commit"), used)) static const volatile char commit[48] = "";

const char *release_commit(void) { return (const char *)commit; }
