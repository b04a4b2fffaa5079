#define NCURSES_WIDECHAR 1
#define _XOPEN_SOURCE_EXTENDED 1
#define _GNU_SOURCE 1
#include "cncurses.h"

#include <curses.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

// Bracketed paste and focus reports.
#define MODES_ON "\033[?2004h\033[?1004h"
#define MODES_OFF "\033[?1004l\033[?2004l\033[?25h\033[0m"

static struct termios saved;
static volatile sig_atomic_t active;
static char leave[256];
static size_t leave_length;
static const char *last_words;
static int signal_pipe = -1;
static volatile sig_atomic_t quit_signal;
static bool colored;
static int own_stderr = -1;

void cn_raw(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(STDOUT_FILENO, bytes, count);
        if (written <= 0) return;
        bytes += written;
        count -= (size_t)written;
    }
}

// Kept ready, because a signal handler cannot ask terminfo.
static void prepare_leave(void) {
    const char *rmcup = tigetstr("rmcup");
    if (rmcup == NULL || rmcup == (const char *)-1) rmcup = "";
    if (strlen(rmcup) + strlen(MODES_OFF) >= sizeof leave) rmcup = "";
    strcpy(leave, MODES_OFF);
    strcat(leave, rmcup);
    leave_length = strlen(leave);
}

// What a library prints must not land between our cells. A redirected stderr is left alone.
static void mute_stderr(void) {
    if (own_stderr >= 0 || !isatty(STDERR_FILENO)) return;
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing < 0) return;
    own_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (own_stderr >= 0) dup2(nothing, STDERR_FILENO);
    close(nothing);
}

static void unmute_stderr(void) {
    if (own_stderr < 0) return;
    dup2(own_stderr, STDERR_FILENO);
    close(own_stderr);
    own_stderr = -1;
}

int cn_colors(void) {
    int error = 0;
    if (setupterm(NULL, STDOUT_FILENO, &error) != OK) return -2;
    const char *place = tigetstr("cup");
    if (place == NULL || place == (const char *)-1) return -2;
    int colors = tigetnum("colors");
    return colors < 0 ? 0 : colors;
}

const char *cn_codeset(void) {
    setlocale(LC_ALL, "");
    return nl_langinfo(CODESET);
}

int cn_start(void) {
    setlocale(LC_ALL, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return -1;
    tcgetattr(STDIN_FILENO, &saved);
    // The terminal's size counts, not what COLUMNS and LINES once said.
    use_env(FALSE);
    use_tioctl(TRUE);
    if (newterm(NULL, stdout, stdin) == NULL) return -2;
    // A terminal on which nothing can be placed is none for us.
    const char *place = tigetstr("cup");
    if (place == NULL || place == (const char *)-1) {
        endwin();
        return -2;
    }
    int width, height;
    cn_size(&width, &height);
    resizeterm(height, width);
    prepare_leave();
    raw();
    noecho();
    nonl();
    // Input is not ncurses' to watch: an update is never put off for it.
    typeahead(-1);
    leaveok(stdscr, FALSE);
    scrollok(stdscr, FALSE);
    const char *no_color = getenv("NO_COLOR");
    colored = has_colors() && !(no_color && *no_color);
    if (colored) {
        start_color();
        use_default_colors();
        for (short color = 0; color < 16 && color < COLORS; color++) init_pair(color + 1, color, -1);
    }
    active = 1;
    mute_stderr();
    // Into the alternate screen now: what is asked there must not be seen elsewhere.
    refresh();
    cn_raw(MODES_ON, strlen(MODES_ON));
    return 0;
}

void cn_stop(void) {
    if (!active) return;
    active = 0;
    cn_raw(MODES_OFF, strlen(MODES_OFF));
    curs_set(1);
    endwin();
    tcsetattr(STDIN_FILENO, TCSADRAIN, &saved);
    unmute_stderr();
}

void cn_resume(void) {
    tcgetattr(STDIN_FILENO, &saved);
    reset_prog_mode();
    clearok(curscr, TRUE);
    active = 1;
    mute_stderr();
    // Enters the alternate screen again.
    refresh();
    cn_raw(MODES_ON, strlen(MODES_ON));
}

void cn_size(int *width, int *height) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *width = size.ws_col;
        *height = size.ws_row;
    } else {
        *width = COLS > 0 ? COLS : 80;
        *height = LINES > 0 ? LINES : 24;
    }
}

void cn_resize(int width, int height) {
    resizeterm(height, width);
    clearok(curscr, TRUE);
}

void cn_style(int color, int attributes) {
    attr_t attrs = A_NORMAL;
    if (attributes & CN_BOLD) attrs |= A_BOLD;
    if (attributes & CN_DIM) attrs |= A_DIM;
    if (attributes & CN_REVERSE) attrs |= A_REVERSE;
    if (attributes & CN_UNDERLINE) attrs |= A_UNDERLINE;
    if (attributes & CN_ITALIC) attrs |= A_ITALIC;
    if (!colored) color = -1;
    // A terminal of eight colours has no bright ones.
    if (color >= 8 && COLORS < 16) color -= 8;
    short pair = color >= 0 && color < COLORS ? (short)(color + 1) : 0;
    attr_set(attrs, pair, NULL);
}

void cn_move(int x, int y) { move(y, x); }

void cn_write(const uint32_t *scalars, int count) {
    addnwstr((const wchar_t *)scalars, count);
}

void cn_forget_row(int y) { wredrawln(stdscr, y, 1); }

void cn_forget_all(void) { clearok(curscr, TRUE); }

void cn_update(int x, int y) {
    static int shown = 1;
    int show = x >= 0;
    if (show) move(y, x);
    wnoutrefresh(stdscr);
    if (show != shown) curs_set(show);
    shown = show;
    doupdate();
}

const char *cn_terminfo(const char *name) {
    const char *value = tigetstr(name);
    return value == (const char *)-1 ? NULL : value;
}

static void tell(char what) {
    if (signal_pipe >= 0) {
        ssize_t ignored = write(signal_pipe, &what, 1);
        (void)ignored;
    }
}

static void on_signal(int number) {
    switch (number) {
    case SIGWINCH: tell(CN_WINCH); break;
    case SIGTSTP: tell(CN_STOP); break;
    case SIGCONT: tell(CN_CONT); break;
    default:
        quit_signal = number;
        tell(CN_QUIT);
    }
}

static void on_crash(int number) {
    if (active) {
        active = 0;
        cn_raw(leave, leave_length);
        tcsetattr(STDIN_FILENO, TCSANOW, &saved);
    }
    int words = own_stderr >= 0 ? own_stderr : STDERR_FILENO;
    if (last_words && write(words, last_words, strlen(last_words)) < 0) _exit(128 + number);
    // The handler was installed with SA_RESETHAND: this time it is the end.
    raise(number);
}

static void handle(int number, void (*handler)(int), int flags) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void cn_crashes(const char *farewell) {
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGSYS};
    last_words = strdup(farewell);
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) handle(fatal[i], on_crash, (int)SA_RESETHAND);
}

void cn_keep_secrets(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

void cn_signals(int pipe) {
    static const int told[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT};
    signal_pipe = pipe;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) handle(told[i], on_signal, SA_RESTART);
    handle(SIGPIPE, SIG_IGN, 0);
}

void cn_stop_process(void) {
    // This thread may have been started with signals blocked.
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTSTP);
    pthread_sigmask(SIG_UNBLOCK, &stop, NULL);
    handle(SIGTSTP, SIG_DFL, 0);
    raise(SIGTSTP);
    handle(SIGTSTP, on_signal, SA_RESTART);
}

int cn_quit_signal(void) { return quit_signal; }
