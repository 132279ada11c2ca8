// libedit's readline-compatible face (BSD licence).
#ifndef P2PCHAT_CLIBEDIT_SHIM_H
#define P2PCHAT_CLIBEDIT_SHIM_H

#include <stdio.h>
#include <editline/readline.h>

#endif
