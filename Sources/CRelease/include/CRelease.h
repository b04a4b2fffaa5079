// The commit that the program was packaged from, with a zero at its end; empty in a plain build.
const char *release_commit(void);
