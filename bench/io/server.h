// What the echo servers in C have in common: a listening socket on the loopback, its port on
// standard output.
#pragma once

// Of a non-blocking socket that listens; ends the process where there is none.
int listen_on_loopback(void);

void check(long result, const char* what);
