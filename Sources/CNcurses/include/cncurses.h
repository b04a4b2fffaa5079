// The terminal, for Swift: what ncurses keeps in macros and globals, behind functions,
// and what must be done in a signal handler.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>

/// Attribute bits of `cn_style`, combined with a colour number.
enum {
    CN_BOLD = 1, CN_DIM = 2, CN_REVERSE = 4, CN_UNDERLINE = 8, CN_ITALIC = 16,
};

/// Takes the terminal over: alternate screen, raw input, bracketed paste, focus reports.
/// Returns 0, or -1 when stdin or stdout is no terminal, or -2 when TERM
/// is not known, or cannot place a cursor, or -3 when there is no memory for a frame.
int cn_start(void);
/// Gives the terminal back as it was. May be called twice. `all_is_written`: what was taken before has reached it.
void cn_stop(bool all_is_written);
/// Back in the foreground after `cn_stop`: as after `cn_start`, all to be drawn again.
void cn_resume(void);

/// The terminal's size now, in cells; at least 1 each.
void cn_size(int *width, int *height);
/// Tells ncurses of a new size.
void cn_resize(int width, int height);

/// How many colours may be used; 0: none.
int cn_color_count(void);
/// A pair of colours, each of the terminal's palette or -1 for its own, under a number from 32 on.
void cn_pair(int number, int color, int ground);
/// The style of what is written next. `color`: -1 for the terminal's own, 0 to 15, or the number of a pair.
void cn_style(int color, int attributes);
void cn_move(int x, int y);
/// Writes `count` scalars at the current place in the current style.
void cn_write(const uint32_t *scalars, int count);
/// Forgets what is on the screen in row `y`: it is drawn whole with the next update.
void cn_forget_row(int y);
/// Forgets the whole screen.
void cn_forget_all(void);
/// Shows what was written; then the cursor stands at (x, y), or is hidden if x < 0.
// Gives the processor to whoever carries on what was written, for a tenth of a millisecond.
void cn_rest(void);
void cn_update(int x, int y);
/// Whether the mouse is reported.
void cn_mouse(bool on);

/// Before the title of the terminal's window is changed: whatever ends the program, it has the one that it had.
void cn_keep_title(void);

/// What follows is written behind what ncurses wrote.
void cn_append(const char *bytes, size_t count);
/// The style of what is appended next; to end with, that of nothing: -1, 0.
void cn_append_style(int color, int attributes);
void cn_append_place(int x, int y);
/// Back to where ncurses believes that the cursor is.
void cn_append_caret(void);
/// All that was written by ncurses and appended since it was last taken; they stay until the next call.
size_t cn_take(const char **bytes);

/// The terminal, as a file that does not block if that could be had.
int cn_terminal(void);
/// Writes bytes to the terminal as they are, unless it stands still. Returns whether all were written.
bool cn_raw(const char *bytes, size_t count);
/// Cells of a scalar as the C library counts them; -1: it does not know it.
int cn_width(uint32_t scalar);

/// The terminfo string `name` ("khome"), or NULL.
const char *cn_terminfo(const char *name);

/// How many colours the terminal that TERM names has; -2 where `cn_start` would not know it. Takes nothing over.
int cn_colors(void);
/// The character set of the locale: "UTF-8".
const char *cn_codeset(void);

/// What `cn_signals` writes to its pipe, one byte each.
enum { CN_WINCH = 'w', CN_QUIT = 'q', CN_STOP = 'z', CN_CONT = 'c' };
/// Turns SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP and SIGCONT into bytes on `pipe`.
void cn_signals(int pipe);
/// Makes fatal signals give the terminal back first, and leave `farewell` on stderr instead of
/// a stack trace.
void cn_crashes(const char *farewell);
/// Stops this process as Ctrl-Z does; returns when it is continued.
void cn_stop_process(void);
/// Another program has the terminal, after `cn_stop`; or it is ours again, before `cn_resume`.
void cn_lend(bool lent);
/// Which program that is: who asks us to end asks it as well.
void cn_lend_to(int program);
/// The signal that CN_QUIT was last sent for; 0 for none.
int cn_quit_signal(void);
