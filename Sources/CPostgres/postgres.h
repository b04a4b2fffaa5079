// libpq, where Debian has it. No code of ours.
#include <postgresql/libpq-fe.h>
