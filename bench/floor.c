// The least that a program with ncurses does: one line, and the echo of keys. What it takes is the terminal's price.
#include <curses.h>

int main(void) {
    initscr();
    raw();
    noecho();
    mvaddstr(0, 0, "floor");
    move(2, 0);
    for (int key; refresh(), (key = getch()) != 17;) {
        if (key == 21) {
            move(2, 0);
            clrtoeol();
        } else if (key >= ' ' && key < 127) {
            addch((chtype)key);
        }
    }
    endwin();
    return 0;
}
