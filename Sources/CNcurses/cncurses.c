#define NCURSES_WIDECHAR 1
#define _XOPEN_SOURCE_EXTENDED 1
#define _GNU_SOURCE 1
#include "cncurses.h"

#include <curses.h>
#include <fcntl.h>
#include <errno.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

// Whatever program before may have left on: all that a mouse would write.
#define MOUSE_OFF \
    "\033[?9l\033[?1000l\033[?1001l\033[?1002l\033[?1003l\033[?1005l\033[?1006l\033[?1015l\033[?1016l"
// Clicks, the wheel and dragging, in the form that has no limits.
#define MOUSE_ON "\033[?1002h\033[?1006h"
// Bracketed paste and focus reports.
#define MODES_ON "\033[?2004h\033[?1004h"
#define MODES_OFF "\033[?1004l\033[?2004l\033[?25h\033[0m"

// The title that the terminal's window has is laid aside, and taken up again.
#define TITLE_KEEP "\033[22;2t"
#define TITLE_BACK "\033[23;2t"

// How long a terminal that stands still may hold up what must be written to it, in milliseconds.
#define PATIENCE 300

static struct termios saved;
static struct termios own;
static volatile sig_atomic_t active;
static char leave[512];
static size_t leave_length;
// Of it, what ncurses does not write itself.
static size_t leave_unknown;
static const char *last_words;
static int signal_pipe = -1;
static volatile sig_atomic_t quit_signal;
static bool colored;
static bool mouse;
static bool titled;
static int own_stderr = -1;
// The terminal, as an open file of our own that never blocks; standard output where it cannot be opened again.
static int terminal = STDOUT_FILENO;
// What ncurses writes: a file in memory, which is taken to the terminal by whoever waits for it.
static int frame = -1;
static FILE *frame_stream;

bool cn_raw(const char *bytes, size_t count) {
    while (count > 0) {
        struct pollfd ready = {.fd = terminal, .events = POLLOUT};
        if (poll(&ready, 1, PATIENCE) <= 0 || !(ready.revents & POLLOUT)) return false;
        // So little that it does not block where the file is not our own.
        size_t most = terminal == STDOUT_FILENO && count > 128 ? 128 : count;
        ssize_t written = write(terminal, bytes, most);
        if (written < 0 && errno != EAGAIN && errno != EINTR) return false;
        if (written <= 0) continue;
        bytes += written;
        count -= (size_t)written;
    }
    return true;
}

int cn_terminal(void) { return terminal; }

void cn_append(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(frame, bytes, count);
        if (written <= 0) return;
        bytes += written;
        count -= (size_t)written;
    }
}

size_t cn_take(const char **bytes) {
    static char *taken;
    static size_t room;
    off_t length = lseek(frame, 0, SEEK_CUR);
    if (length <= 0) return 0;
    if ((size_t)length > room) {
        char *larger = realloc(taken, (size_t)length);
        if (!larger) return 0;
        taken = larger;
        room = (size_t)length;
    }
    ssize_t count = pread(frame, taken, (size_t)length, 0);
    lseek(frame, 0, SEEK_SET);
    *bytes = taken;
    return count > 0 ? (size_t)count : 0;
}

// Another open file of the same terminal: that it does not block is nobody else's.
static void open_terminal(void) {
    static const char *const names[] = {"/proc/self/fd/1", "/dev/tty"};
    for (size_t i = 0; i < sizeof names / sizeof *names && terminal == STDOUT_FILENO; i++) {
        int opened = open(names[i], O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (opened >= 0) terminal = opened;
    }
}

static bool open_frame(void) {
    frame = memfd_create("frame", MFD_CLOEXEC);
    frame_stream = frame >= 0 ? fdopen(frame, "w") : NULL;
    return frame_stream != NULL;
}

static const char *capability(const char *name) {
    const char *value = tigetstr(name);
    return value == NULL || value == (const char *)-1 ? "" : value;
}

// A capability as it is sent: `$<5>`, `$<5*/>` in terminfo are pauses for terminals that nobody has any more.
static void append_without_pauses(char *to, size_t room, const char *capability) {
    size_t end = strlen(to);
    for (const char *next = capability; *next && end + 1 < room;) {
        size_t pause = strncmp(next, "$<", 2) == 0 ? strspn(next + 2, "0123456789.*/") : 0;
        if (pause > 0 && next[2 + pause] == '>') {
            next += pause + 3;
        } else {
            to[end++] = *next++;
        }
    }
    to[end] = 0;
}

// Kept ready, because a signal handler cannot ask terminfo.
static void prepare_leave(void) {
    const char *rmcup = capability("rmcup");
    bool has_other_screen = *rmcup;
    // Without another screen to go back to, what was ours is cleared: a prompt has a line of its own then.
    if (!has_other_screen) rmcup = capability("clear");
    // An escape sequence that was cut is none.
    strcpy(leave, titled ? "\030" MOUSE_OFF MODES_OFF TITLE_BACK : "\030" MOUSE_OFF MODES_OFF);
    leave_unknown = strlen(leave);
    if (strlen(leave) + strlen(rmcup) < sizeof leave) append_without_pauses(leave, sizeof leave, rmcup);
    leave_length = strlen(leave);
    if (!has_other_screen) leave_unknown = leave_length;
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
    setlocale(LC_CTYPE, "");
    return nl_langinfo(CODESET);
}

static int append_byte(int byte) {
    char character = (char)byte;
    cn_append(&character, 1);
    return byte;
}

// ncurses knows the terminal's size only after it has begun: until then it took what terminfo says, 24 rows for some,
// and kept scrolling, and with it each step down, to these. The cursor is home afterwards; who calls it clears.
static void use_whole_screen(int height) {
    const char *region = *capability("csr") ? tiparm(change_scroll_region, 0, height - 1) : NULL;
    if (region) tputs(region, 1, append_byte);
}

int cn_start(void) {
    // Which characters there are; nothing else of it is asked for, and each other part is files to be read.
    setlocale(LC_CTYPE, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) return -1;
    tcgetattr(STDIN_FILENO, &saved);
    // The terminal's size counts, not what COLUMNS and LINES once said.
    use_env(FALSE);
    // It counts columns in a short, and a terminal that says more than that is taken for a narrower one.
    struct winsize size;
    use_tioctl(ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col <= SHRT_MAX && size.ws_row <= SHRT_MAX);
    open_terminal();
    if (!open_frame()) return -3;
    if (newterm(NULL, frame_stream, stdin) == NULL) return -2;
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
    // ncurses sets this where its output is a terminal.
    own = saved;
    own.c_iflag &= ~(tcflag_t)(BRKINT | INPCK | ISTRIP | IXON | ICRNL | INLCR | IGNCR | PARMRK);
    own.c_lflag &= ~(tcflag_t)(ECHO | ICANON | IEXTEN | ISIG);
    own.c_oflag &= ~(tcflag_t)(ONLCR);
    own.c_cc[VMIN] = 1;
    own.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &own);
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
    use_whole_screen(height);
    cn_append(MOUSE_OFF MODES_ON, strlen(MOUSE_OFF MODES_ON));
    return 0;
}

void cn_mouse(bool on) {
    mouse = on;
    cn_append(on ? MOUSE_ON : MOUSE_OFF, strlen(on ? MOUSE_ON : MOUSE_OFF));
}

void cn_keep_title(void) {
    if (titled) return;
    titled = true;
    cn_append(TITLE_KEEP, strlen(TITLE_KEEP));
    prepare_leave();
}

void cn_stop(bool all_is_written) {
    const char *bytes;
    if (!active) return;
    active = 0;
    curs_set(1);
    endwin();
    size_t count = cn_take(&bytes);
    if (!all_is_written) {
        // What still waits in the terminal's queue is not wanted any more, and would leave no room.
        tcflush(STDOUT_FILENO, TCOFLUSH);
        cn_raw(leave, leave_length);
    } else if (cn_raw(bytes, count)) {
        cn_raw(leave, leave_unknown);
    }
    tcsetattr(STDIN_FILENO, TCSANOW, &saved);
    unmute_stderr();
}

void cn_resume(void) {
    tcgetattr(STDIN_FILENO, &saved);
    tcsetattr(STDIN_FILENO, TCSANOW, &own);
    reset_prog_mode();
    clearok(curscr, TRUE);
    active = 1;
    mute_stderr();
    // Enters the alternate screen again.
    refresh();
    cn_append(MODES_ON, strlen(MODES_ON));
    if (titled) cn_append(TITLE_KEEP, strlen(TITLE_KEEP));
    cn_mouse(mouse);
}

void cn_size(int *width, int *height) {
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0) {
        *width = size.ws_col < SHRT_MAX ? size.ws_col : SHRT_MAX;
        *height = size.ws_row < SHRT_MAX ? size.ws_row : SHRT_MAX;
    } else {
        *width = COLS > 0 ? COLS : 80;
        *height = LINES > 0 ? LINES : 24;
    }
}

void cn_resize(int width, int height) {
    resizeterm(height, width);
    use_whole_screen(height);
    clearok(curscr, TRUE);
}

static attr_t attributes_of(int attributes) {
    attr_t attrs = A_NORMAL;
    if (attributes & CN_BOLD) attrs |= A_BOLD;
    if (attributes & CN_DIM) attrs |= A_DIM;
    if (attributes & CN_REVERSE) attrs |= A_REVERSE;
    if (attributes & CN_UNDERLINE) attrs |= A_UNDERLINE;
    if (attributes & CN_ITALIC) attrs |= A_ITALIC;
    return attrs;
}

// Pairs of a theme, behind the sixteen colours' own.
#define THEMED 32

void cn_pair(int number, int color, int ground) {
    if (colored && number >= THEMED && number < COLOR_PAIRS) init_extended_pair(number, color, ground);
}

int cn_color_count(void) { return colored ? COLORS : 0; }

static short pair_of(int color) {
    if (!colored) color = -1;
    if (color >= THEMED) return color < COLOR_PAIRS ? (short)color : 0;
    // A terminal of eight colours has no bright ones.
    if (color >= 8 && COLORS < 16) color -= 8;
    return color >= 0 && color < COLORS ? (short)(color + 1) : 0;
}

void cn_style(int color, int attributes) { attr_set(attributes_of(attributes), pair_of(color), NULL); }

void cn_append_style(int color, int attributes) {
    vid_puts(attributes_of(attributes), pair_of(color), NULL, append_byte);
}

void cn_append_place(int x, int y) {
    const char *place = tiparm(cursor_address, y, x);
    if (place) tputs(place, 1, append_byte);
}

void cn_append_caret(void) {
    int x, y;
    getyx(curscr, y, x);
    cn_append_place(x, y);
}

int cn_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

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

void cn_rest(void) {
    struct timespec rest = {.tv_nsec = 100000};
    nanosleep(&rest, NULL);
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

static int borrower_of_terminal(void);

static void on_signal(int number) {
    switch (number) {
    case SIGWINCH: tell(CN_WINCH); break;
    case SIGTSTP: tell(CN_STOP); break;
    case SIGCONT: tell(CN_CONT); break;
    default:
        if (borrower_of_terminal() > 0) kill((pid_t)borrower_of_terminal(), number);
        quit_signal = number;
        tell(CN_QUIT);
    }
}

static void on_crash(int number) {
    if (active) {
        active = 0;
        tcflush(STDOUT_FILENO, TCOFLUSH);
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

// The program that has the terminal; 0: none.
static volatile sig_atomic_t borrower;

static int borrower_of_terminal(void) { return (int)borrower; }

void cn_lend_to(int program) { borrower = program; }

void cn_lend(bool lent) {
    borrower = 0;
    // What is typed for the other program to end or stop is not for this one; who stops it stops us as well.
    handle(SIGINT, lent ? SIG_IGN : on_signal, lent ? 0 : SA_RESTART);
    handle(SIGQUIT, lent ? SIG_IGN : on_signal, lent ? 0 : SA_RESTART);
    handle(SIGTSTP, lent ? SIG_DFL : on_signal, lent ? 0 : SA_RESTART);
    // One that was ended by force may have left the terminal as it had it.
    if (!lent) tcsetattr(STDIN_FILENO, TCSANOW, &saved);
}

int cn_quit_signal(void) { return quit_signal; }
